import { sql } from '@central-index/platform/database';

/** Tries to become the only writer until the end of the transaction. $1: number of the lock. */
export const tryWriterLock = sql<{ readonly isLocked: boolean }>(
  'select pg_try_advisory_xact_lock($1) as "isLocked"',
);

/** Keeps the transaction of the writer lock from ending by `idle_in_transaction_session_timeout`. */
export const keepTransactionAlive = sql('select 1');

/** Waits for transactions that are writing search documents. */
export const lockDocumentsAgainstWrites = sql('lock table search_document in share row exclusive mode');

/** From the commit on, triggers record changes of search documents in the outbox. */
export const insertReplica = sql('insert into search_replica (id) values (1) on conflict do nothing');

/** $1: last repository compared, 0 after the last slice; $2: number of differences found. */
export const updateChecked = sql(
  `update search_replica set checked_up_to = $1::bigint, drift = drift + $2::bigint,
     full_check_at = case when $1::bigint = 0 then now() else full_check_at end`,
);
