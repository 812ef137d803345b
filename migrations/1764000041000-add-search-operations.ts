import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Lets administrators rebuild and check the search index by an operation. */
export class AddSearchOperations1764000041000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table operation drop constraint operation_kind_check;
      alter table operation add constraint operation_kind_check
        check (kind in ('move', 'reconcile', 'adopt', 'search-rebuild', 'search-check'));
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      delete from operation where kind not in ('move', 'reconcile', 'adopt');
      alter table operation drop constraint operation_kind_check;
      alter table operation add constraint operation_kind_check check (kind in ('move', 'reconcile', 'adopt'));
    `);
  }
}
