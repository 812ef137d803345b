import { sql } from '@central-index/platform/database';

/** A secret that a registry was given before, and that is still accepted. */
export interface FormerSecret {
  readonly hash: Buffer;
  readonly expiresAt: Date;
}

/** The secret that was replaced last comes last. $1: registry. */
export const selectFormerSecrets = sql<FormerSecret>(
  `select secret_hash as hash, expires_at as "expiresAt" from former_hook_secret
    where registry_id = $1 and expires_at > now() order by expires_at`,
);

/** The caller has locked the registry, so that a later one expires later. $1: registry; $2: lifetime in hours. */
export const keepFormerSecret = sql(
  `insert into former_hook_secret (registry_id, secret_hash, expires_at)
   select id, hook_secret_hash, clock_timestamp() + make_interval(hours => $2) from registry where id = $1`,
);

/** Deletes the secrets that were replaced before one that is in use, or all. $1: registry; $2: the secret in use, or null. */
export const deleteOlderSecrets = sql(
  `delete from former_hook_secret as older where registry_id = $1
     and ($2::bytea is null or expires_at < (select expires_at from former_hook_secret as used
                                              where used.registry_id = $1 and used.secret_hash = $2))`,
);

/** Deletes the secrets that are no longer accepted. */
export const deleteExpiredSecrets = sql('delete from former_hook_secret where expires_at <= now()');
