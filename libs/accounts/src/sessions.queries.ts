import { preparedSql, sql } from '@central-index/platform/database';
import { currentOwnerSql, ownerColumns, type OwnerRow } from './account.queries';
import type { SessionEntity } from './session.entity';

/** A session that has not expired, and its account. */
export interface SessionRow extends OwnerRow {
  readonly sessionId: string;
  readonly lastSeenAt: Date;
}

/** $1: hash of the secret; $2: a session last seen before this has expired. */
export const selectSession = preparedSql<SessionRow>(
  `select session.id as "sessionId", session.last_seen_at as "lastSeenAt", ${ownerColumns}
   from session join account owner on owner.id = session.account_id
   where session.secret_hash = $1 and session.expires_at > now() and session.last_seen_at > $2
     and owner.disabled_at is null`,
);

/**
 * Inserts nothing if the account is disabled or its password has changed. $1: account; $2: version of the password; $3: hash
 * of the secret; $4: expiry; $5: IP address; $6: User-Agent.
 */
export const insertSession = sql<Pick<SessionEntity, 'id'>>(
  `insert into session (account_id, secret_hash, expires_at, address, user_agent)
   select owner.id, $3, $4, $5, $6 from ${currentOwnerSql('$1', '$2', 'no key update')} as owner
   returning id`,
);

/** Deletes all but the newest sessions of an account, whose row `insertSession` has locked. $1: account; $2: how many stay. */
export const deleteOldestSessions = sql(
  `delete from session where account_id = $1 and id not in (
     select id from session where account_id = $1 order by id desc limit $2)`,
);

/** $1: id; $2: account; $3: version of the password. */
export const deleteSession = sql(
  `delete from session where id = $1 and account_id in ${currentOwnerSql('$2', '$3')}`,
);

/** $1: account; $2: version of the password. */
export const deleteSessionsOfOwner = sql(
  `delete from session where account_id in ${currentOwnerSql('$1', '$2')}`,
);
/** $1: account; $2: a session last seen before this has expired. */
export const deleteExpiredSessions = sql(
  'delete from session where account_id = $1 and (expires_at < now() or last_seen_at < $2)',
);
