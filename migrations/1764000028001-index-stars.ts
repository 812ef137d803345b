import type { MigrationInterface, QueryRunner } from 'typeorm';

const indexes = {
  star_account_id_created_at_repository_id_idx: '(account_id, created_at, repository_id)',
  star_repository_id_created_at_account_id_idx: '(repository_id, created_at, account_id)',
};

/** Indexes stars by time, for the lists of an account's stars and of a repository's stargazers. */
export class IndexStars1764000028001 implements MigrationInterface {
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    for (const [name, columns] of Object.entries(indexes)) {
      // A run that was interrupted leaves an invalid index.
      await runner.query(`drop index concurrently if exists ${name}`);
      await runner.query(`create index concurrently ${name} on star ${columns}`);
    }
    await runner.query('drop index concurrently if exists star_repository_id_idx');
  }

  // In a transaction: TypeORM reverts in one, whatever the migration says.
  async down(runner: QueryRunner): Promise<void> {
    await runner.query('create index if not exists star_repository_id_idx on star (repository_id)');
    for (const name of Object.keys(indexes)) await runner.query(`drop index if exists ${name}`);
  }
}
