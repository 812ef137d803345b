import { sql } from '@central-index/platform/database';

/** Affects no row unless the invitation is unused, valid and for that address. $1: hash; $2: account; $3: e-mail. */
export const redeemInvite = sql(
  `update invite set used_at = now(), used_by_id = $2
   where secret_hash = $1 and used_at is null and expires_at > now()
     and (email is null or lower(email) = lower($3))`,
);
