import { changed, type Contents } from './contents';
import type { MigrationData } from './migration-data';

/** Adds two columns. No operation of earlier data tests is running, a state that was new in the former migration. */
export const addGrantExpiry: MigrationData = {
  async fill(client) {
    await client.query(
      `insert into operation (kind, request, state, requested_by)
       values ('reconcile', '{"registry": "main"}', 'running', 'admin')`,
    );
  },

  expected(before: Contents): Contents {
    return changed(before, {
      push_grant: (grants) => grants.map((row) => ({ ...row, expires_at: null })),
      registry: (registries) => registries.map((row) => ({ ...row, behind_proxy: 'false' })),
    });
  },
};
