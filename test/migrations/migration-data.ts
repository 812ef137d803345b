import type { Client } from 'pg';
import type { Contents } from './contents';

/** The data test of one migration. Its database holds the rows of earlier data tests, migrated. */
export interface MigrationData {
  /** Adds rows where the schema before the migration has a table, a column or a state that no row fills yet. */
  fill(client: Client): Promise<void>;
  /** What the database holds after the migration, derived from what it held before. */
  expected(before: Contents): Contents;
  /** What it holds after `down`; by default what it held before the migration. */
  reverted?(before: Contents): Contents;
}
