import type { MigrationInterface, QueryRunner } from 'typeorm';

const index = 'tag_history_repository_id_pushed_at_id_idx';

/** Indexes the history of tags by time, for what happened in a repository lately. */
export class IndexTagHistory1764000042001 implements MigrationInterface {
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    // A run that was interrupted leaves an invalid index.
    await runner.query(`drop index concurrently if exists ${index}`);
    await runner.query(`create index concurrently ${index} on tag_history (repository_id, pushed_at, id)`);
  }

  // In a transaction: TypeORM reverts in one, whatever the migration says.
  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop index if exists ${index}`);
  }
}
