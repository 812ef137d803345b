import type { MigrationData } from './migration-data';

/** A new table, and nothing else. The operations are those that the migration before allows. */
export const createFormResponse: MigrationData = {
  async fill(client) {
    await client.query(
      `insert into operation (kind, request, state, requested_by) values
         ('search-rebuild', '{}', 'pending', 'admin'), ('search-check', '{"repair": true}', 'pending', 'admin')`,
    );
  },
  expected: (before) => ({ ...before, tables: { ...before.tables, form_response: [] } }),
};
