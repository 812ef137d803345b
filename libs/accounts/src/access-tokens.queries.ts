import { preparedSql, sql } from '@central-index/platform/database';
import type { AccessTokenEntity } from './access-token.entity';
import { currentOwnerSql, ownerColumns, type OwnerRow } from './account.queries';
import type { Permission } from './identity';

/** An access token, which may have expired, and its owner. */
export interface AccessTokenRow extends OwnerRow {
  readonly tokenId: string;
  readonly permissions: readonly Permission[];
  readonly repositories: readonly string[];
  readonly expiresAt: Date | null;
  readonly lastUsedAt: Date | null;
}

/** $1: hash of the secret. */
export const selectAccessToken = preparedSql<AccessTokenRow>(
  `select token.id as "tokenId", token.permissions, token.repositories, token.expires_at as "expiresAt",
     token.last_used_at as "lastUsedAt", ${ownerColumns}
   from access_token token join account owner on owner.id = token.account_id
   where token.secret_hash = $1 and token.revoked_at is null and owner.disabled_at is null`,
);

/**
 * Inserts nothing if the account is disabled or its password has changed. $1: account; $2: version of the password; $3:
 * label; $4: hash of the secret; $5: permissions; $6: patterns; $7: expiry or null.
 */
export const insertAccessToken = sql<Pick<AccessTokenEntity, 'id' | 'createdAt'>>(
  `insert into access_token (account_id, label, secret_hash, permissions, repositories, expires_at)
   select owner.id, $3, $4, $5, $6, $7 from ${currentOwnerSql('$1', '$2', 'no key update')} as owner
   returning id, created_at as "createdAt"`,
);

/** What the patterns of all tokens of an account need. */
export interface AccessTokenUsage {
  readonly tokens: number;
  /** Bytes of all patterns. */
  readonly patternBytes: number;
}

/** Expired tokens count, revoked ones do not. $1: account. */
export const selectAccessTokenUsage = sql<AccessTokenUsage>(
  `select count(*)::integer as tokens,
     coalesce(sum(octet_length(array_to_string(repositories, ''))), 0)::integer as "patternBytes"
   from access_token where account_id = $1 and revoked_at is null`,
);

/**
 * Affects no row if the token is absent, or expired and $5 is true. $1: id; $2: owner; $3: version of the owner's password;
 * $4: label, or null to keep it; $5: whether to set the expiry; $6: expiry or null.
 */
export const updateAccessToken = sql<Pick<AccessTokenEntity, 'id'>>(
  `update access_token set label = coalesce($4, label), expires_at = case when $5 then $6 else expires_at end
   where id = $1 and account_id in ${currentOwnerSql('$2', '$3')} and revoked_at is null
     and (not $5::boolean or expires_at is null or expires_at > now())
   returning id`,
);

/** Deletes its refresh tokens as well. $1: id; $2: owner; $3: version of the owner's password. */
export const deleteAccessToken = sql(
  `delete from access_token
   where id = $1 and account_id in ${currentOwnerSql('$2', '$3')} and revoked_at is null`,
);

/** Of many concurrent requests, only one affects the row. $1: id; $2: a use later than this is recorded already. */
export const touchAccessToken = sql(
  `update access_token set last_used_at = now()
   where id = $1 and (last_used_at is null or last_used_at <= $2)`,
);
