import type { MigrationInterface, QueryRunner } from 'typeorm';

const index = 'search_document_pushed_at_idx';

/** Indexes public search documents by their last push, for the list of the newest ones. */
export class IndexPushedDocuments1764000033001 implements MigrationInterface {
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    // A run that was interrupted leaves an invalid index.
    await runner.query(`drop index concurrently if exists ${index}`);
    await runner.query(`create index concurrently ${index} on search_document
      (pushed_at desc nulls last, repository_id) where not private`);
  }

  // In a transaction: TypeORM reverts in one, whatever the migration says.
  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop index if exists ${index}`);
  }
}
