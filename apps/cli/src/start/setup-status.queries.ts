import { sql } from '@central-index/platform/database';

interface SetupStatusRow {
  readonly has_administrator: boolean;
  readonly has_registry: boolean;
}

/** Whether an administrator can sign in, and whether a registry is registered. */
export const selectSetupStatus = sql<SetupStatusRow>(`
  select
    exists (select from account where is_administrator and disabled_at is null) as has_administrator,
    exists (select from registry) as has_registry`);
