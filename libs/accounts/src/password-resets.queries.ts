import { sql } from '@central-index/platform/database';
import type { AccountEntity } from './account.entity';

/** A link that can still be used, and whose password it sets. */
export interface PasswordResetRow extends Pick<AccountEntity, 'name' | 'email'> {
  readonly expiresAt: Date;
}

// A change of the e-mail address or of the password since the link was created ends it, and so does disabling.
const isUsable = `reset.secret_hash = $1 and reset.expires_at > now() and account.id = reset.account_id
  and account.disabled_at is null and account.email is not distinct from reset.email
  and account.password_changed_at = reset.password_changed_at`;

/**
 * Replaces the link of an account. Returns no row if no enabled account has the name. $1: name; $2: hash; $3: who creates
 * it; $4: expiry.
 */
export const upsertPasswordReset = sql<Pick<AccountEntity, 'id'>>(
  `insert into password_reset (account_id, secret_hash, email, password_changed_at, created_by, expires_at)
   select id, $2, email, password_changed_at, $3, $4 from account where name = $1 and disabled_at is null
   on conflict (account_id) do update set secret_hash = excluded.secret_hash, email = excluded.email,
     password_changed_at = excluded.password_changed_at, created_by = excluded.created_by, created_at = now(),
     expires_at = excluded.expires_at
   returning account_id as id`,
);

/** $1: hash. */
export const selectPasswordReset = sql<PasswordResetRow>(
  `select account.name, account.email, reset.expires_at as "expiresAt"
   from password_reset reset, account where ${isUsable}`,
);

/**
 * Uses a link up and sets the password, in one statement: of several that run at the same time, one returns a row, and none does
 * once the account has changed. $1: hash of the token; $2: hash of the password; $3: now.
 */
export const redeemPasswordReset = sql<Pick<AccountEntity, 'id' | 'name'>>(
  `with taken as (
     delete from password_reset reset using account where ${isUsable}
     returning reset.account_id, reset.email, reset.password_changed_at
   )
   update account set password_hash = $2, password_changed_at = greatest($3, account.password_changed_at + interval '1 ms')
   from taken where account.id = taken.account_id and account.disabled_at is null
     and account.email is not distinct from taken.email
     and account.password_changed_at = taken.password_changed_at
   returning account.id, account.name`,
);
