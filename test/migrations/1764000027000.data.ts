import type { MigrationData } from './migration-data';

/** A new table, and nothing else. */
export const createPasswordReset: MigrationData = {
  // What no row fills yet of the migrations before.
  async fill(client) {
    await client.query(`insert into worker_heartbeat (seen_at) values ('2026-03-15Z')`);
  },
  expected: ({ tables, sequences }) => ({ tables: { ...tables, password_reset: [] }, sequences }),
};
