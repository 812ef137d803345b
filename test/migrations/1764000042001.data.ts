import type { MigrationData } from './migration-data';

/** Adds an index only: no row changes. */
export const indexTagHistory: MigrationData = {
  async fill(client) {
    await client.query(`update search_document set platforms = '{linux/arm}'`);
  },

  expected: (before) => before,
};
