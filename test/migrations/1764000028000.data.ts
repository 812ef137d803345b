import type { MigrationData } from './migration-data';

/** Adds a trigger only: no row changes. */
export const hideSearchDocuments: MigrationData = {
  // The state that the migration to the present names of states left without a row.
  async fill(client) {
    await client.query(
      `insert into operation (kind, request, state, requested_by)
       select kind, request, 'running', requested_by from operation
        where state = 'pending' and not exists (select from operation where state = 'running') limit 1`,
    );
  },
  expected: (before) => before,
};
