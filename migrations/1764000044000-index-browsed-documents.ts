import type { MigrationInterface, QueryRunner } from 'typeorm';

const indexes = [
  ['search_document_stars_idx', 'stars desc'],
  ['search_document_pulls_idx', 'pulls desc'],
  ['search_document_updated_at_idx', 'updated_at desc'],
] as const;

/** Indexes public search documents by every order in which they are listed without a query. */
export class IndexBrowsedDocuments1764000044000 implements MigrationInterface {
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    for (const [name, column] of indexes) {
      // A run that was interrupted leaves an invalid index.
      await runner.query(`drop index concurrently if exists ${name}`);
      await runner.query(
        `create index concurrently ${name} on search_document (${column}, repository_id) where not private`,
      );
    }
  }

  // In a transaction: TypeORM reverts in one, whatever the migration says.
  async down(runner: QueryRunner): Promise<void> {
    for (const [name] of indexes) await runner.query(`drop index if exists ${name}`);
  }
}
