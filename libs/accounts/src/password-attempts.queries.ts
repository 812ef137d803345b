import { sql } from '@central-index/platform/database';

/** The state of the limits on wrong passwords for one attempt. */
export interface AttemptStateRow {
  /** Epoch milliseconds until which the address is blocked. */
  readonly until: string | null;
  /** True when the name has had too many wrong passwords in a row. */
  readonly locked: boolean;
  /** True when the account has signed in from the address in the last 30 days. */
  readonly known: boolean;
}

/**
 * $1: key of the address's limiter; $2: now, in epoch milliseconds; $3: name; $4: account; $5: address; $6: limit per
 * address; $7: limit in a row.
 */
export const selectAttemptState = sql<AttemptStateRow>(
  `select (select expire from rate_limit where key = $1 and points >= $6 and expire > $2) as until,
     exists (select from password_failure where name = $3 and consecutive >= $7) as locked,
     exists (select from sign_in_address where account_id = $4 and address = $5
       and last_success_at > now() - interval '30 days') as known`,
);

/** Affects no row once the limit is reached. $1: name; $2: limit. */
export const countFailure = sql(
  `insert into password_failure as failure (name, consecutive) values ($1, 1)
   on conflict (name) do update set consecutive = failure.consecutive + 1, last_at = now()
     where failure.consecutive < $2`,
);

/** Returns one point to the current window of a limiter. $1: key; $2: now, in epoch milliseconds. */
export const uncountAttempt = sql(
  'update rate_limit set points = greatest(points - 1, 0) where key = $1 and expire > $2',
);

/**
 * Affects no row if the account is disabled or its password has changed. Takes no lock: sign-ins do not wait for each other,
 * and what follows from one compares the version again. $1: account; $2: version of the password; $3: address.
 */
export const upsertSignInAddress = sql(
  `insert into sign_in_address (account_id, address)
   select id, $3 from account where id = $1 and password_changed_at = $2 and disabled_at is null
   on conflict (account_id, address) do update set last_success_at = now()`,
);
