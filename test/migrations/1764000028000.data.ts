import type { MigrationData } from './migration-data';

/** Adds a trigger only: no row changes. The heartbeat is that of a worker since the former migration. */
export const hideSearchDocuments: MigrationData = {
  async fill(client) {
    await client.query(`insert into worker_heartbeat (seen_at) values ('2026-03-15Z')`);
  },
  expected: (before) => before,
};
