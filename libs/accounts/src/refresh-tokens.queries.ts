import { preparedSql, sql } from '@central-index/platform/database';
import { currentOwnerSql, ownerColumns, type OwnerRow } from './account.queries';
import type { Permission } from './identity';

/** A valid refresh token, its owner, and the access token that it was created with, if any. */
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
 * Inserts nothing if the account is disabled or its password has changed. $1: account; $2: access token or null; $3: hash;
 * $4: service; $5: client; $6: address; $7: expiry; $8: version of the password.
 */
export const insertRefreshToken = sql<{ readonly id: string }>(
  `insert into refresh_token (account_id, access_token_id, secret_hash, service, client, address, expires_at)
   select owner.id, $2, $3, $4, $5, $6, $7 from ${currentOwnerSql('$1', '$8', 'no key update')} as owner
   returning id`,
);

/**
 * Deletes all but the latest used tokens of an account, whose row `insertRefreshToken` has locked: of concurrent insertions,
 * each sees those before it. $1: account; $2: how many stay.
 */
export const deleteUnusedRefreshTokens = sql(
  `delete from refresh_token where account_id = $1 and id in (
     select id from refresh_token where account_id = $1
      order by coalesce(last_used_at, created_at) desc, id desc offset $2)`,
);

/** $1: id; $2: owner; $3: version of the owner's password. */
export const deleteRefreshToken = sql(
  `delete from refresh_token where id = $1 and account_id in ${currentOwnerSql('$2', '$3')}`,
);

/** $1: owner; $2: version of the owner's password. */
export const deleteRefreshTokensOfOwner = sql(
  `delete from refresh_token where account_id in ${currentOwnerSql('$1', '$2')}`,
);

/** Of many concurrent requests, only one affects the row. $1: id; $2: a use later than this is recorded already. */
export const touchRefreshToken = sql(
  `update refresh_token set last_used_at = now()
   where id = $1 and (last_used_at is null or last_used_at <= $2)`,
);
