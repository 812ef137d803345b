import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Pulls as they count for popularity: once for an address, a repository and an hour, recent ones more. */
export class CreatePullVisitor1764000014000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table repository add column visits double precision not null default 0;
      comment on column repository.visits is
        'Pulls, one an address and hour, each weighed by 2 to the power of the days since 2026 began / 90';

      create table pull_visitor (
        digest text collate "C" primary key,
        stored_at timestamptz not null default now()
      );
      comment on table pull_visitor is
        'Who pulled what in the last hours: keyed digests of address, repository and hour, for counting each once';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop table pull_visitor;
      alter table repository drop column visits;
    `);
  }
}
