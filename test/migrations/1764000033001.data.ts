import type { MigrationData } from './migration-data';

/** Adds an index only: no row changes. */
export const indexPushedDocuments: MigrationData = {
  async fill(client) {
    await client.query(`update search_document set image_text = 'a shop', pushed_at = '2026-04-02Z'`);
  },

  expected: (before) => before,
};
