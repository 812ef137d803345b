import { sql } from '@central-index/platform/database';

/** What administrators see of an account besides its row. */
export interface AccountUsageRow {
  /** Sessions of browsers that have not expired. */
  readonly sessions: number;
  /** Access tokens that are valid. */
  readonly accessTokens: number;
  /** True when the name has had too many wrong passwords in a row. */
  readonly locked: boolean;
}

/** $1: account; $2: its name; $3: wrong passwords in a row that lock a name. */
export const selectAccountUsage = sql<AccountUsageRow>(
  `select (select count(*)::integer from session where account_id = $1 and expires_at > now()) as sessions,
     (select count(*)::integer from access_token where account_id = $1 and revoked_at is null
       and (expires_at is null or expires_at > now())) as "accessTokens",
     exists (select from password_failure where name = $2 and consecutive >= $3) as locked`,
);

/** One row if any account is an administrator. */
export const selectAnyAdministrator = sql<{ readonly id: string }>(
  'select id from account where is_administrator limit 1',
);
