import { sql } from '@central-index/platform/database';

/**
 * Begins a deletion, unless one may still be confirmed: then no row is affected. $1: repository; $2: seconds in which it
 * may be confirmed.
 */
export const beginDeletion = sql(
  `insert into v1_deletion (repository_id, expires_at) values ($1, now() + make_interval(secs => $2))
   on conflict (repository_id) do update set expires_at = excluded.expires_at where v1_deletion.expires_at <= now()`,
);

/** Ends a deletion that may still be confirmed. $1: repository. */
export const confirmDeletion = sql('delete from v1_deletion where repository_id = $1 and expires_at > now()');

/** Ends a deletion that can no longer be confirmed. $1: repository. */
export const expireDeletion = sql('delete from v1_deletion where repository_id = $1 and expires_at <= now()');
