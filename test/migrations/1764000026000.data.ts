import type { MigrationData } from './migration-data';

/** A new table, which the first worker fills. The column is of an earlier migration. */
export const createWorkerHeartbeat: MigrationData = {
  fill: async (client) => {
    await client.query(`update push_grant set expires_at = '2026-03-14Z' where account_id = 1`);
  },
  expected: (before) => ({ ...before, tables: { ...before.tables, worker_heartbeat: [] } }),
};
