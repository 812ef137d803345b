import { preparedSql, sql } from '@central-index/platform/database';
import { ownerColumns, type OwnerRow } from './account.queries';
import type { Permission } from './identity';

/** An identity token that opens something, its owner, and the access token that it was made with, if any. */
export interface RefreshTokenRow extends OwnerRow {
  readonly tokenId: string;
  readonly lastUsedAt: Date | null;
  readonly makerId: string | null;
  readonly permissions: readonly Permission[] | null;
  readonly repositories: readonly string[] | null;
}

/** $1: hash of the secret; $2: service. */
export const selectRefreshToken = preparedSql<RefreshTokenRow>(
  `select token.id as "tokenId", token.last_used_at as "lastUsedAt", maker.id as "makerId", maker.permissions,
     maker.repositories, ${ownerColumns}
   from refresh_token token
   join account owner on owner.id = token.account_id
   left join access_token maker on maker.id = token.access_token_id
   where token.secret_hash = $1 and token.service = $2 and token.expires_at > now() and owner.disabled_at is null
     and (token.access_token_id is null
       or (maker.revoked_at is null and (maker.expires_at is null or maker.expires_at > now())))`,
);

/**
 * Inserts nothing if the account was disabled or the password changed since $8. The lock makes a change of the password
 * wait, which then deletes this token too, or shows that the change came before.
 */
export const insertRefreshToken = sql<{ readonly id: string }>(
  `insert into refresh_token (account_id, access_token_id, secret_hash, service, client, address, expires_at)
   select id, $2, $3, $4, $5, $6, $7 from
     (select id from account where id = $1 and password_changed_at = $8 and disabled_at is null for share) as owner
   returning id`,
);

/** Of many requests at once, only one affects the row. $1: id; $2: the last use is not recorded if it was later. */
export const touchRefreshToken = sql(
  `update refresh_token set last_used_at = now()
   where id = $1 and (last_used_at is null or last_used_at <= $2)`,
);

/** Deletes the expired ones of all accounts. */
export const deleteExpiredRefreshTokens = sql('delete from refresh_token where expires_at < now()');
