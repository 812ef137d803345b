import { sql } from '@central-index/platform/database';

/** Updates the time at which the session was last active: this is the heartbeat. */
export const beat = sql('select 1');

/** Records that a worker is alive. */
export const recordHeartbeat = sql(
  `insert into worker_heartbeat (seen_at) values (now())
   on conflict (only_row) do update set seen_at = excluded.seen_at`,
);

/**
 * Fails instead of waiting: another worker's recovery may hold the same lock for a moment. $1: class of the lock; $2:
 * worker.
 */
export const tryLockWorker = sql<{ readonly locked: boolean }>(
  'select pg_try_advisory_lock($1, hashtext($2)) as locked',
);

/** Ends sessions of workers that sent no heartbeat. $1: class of the locks; $2: seconds without a heartbeat. */
export const terminateStaleSessions = sql(
  `select pg_terminate_backend(pid) from pg_stat_activity join pg_locks using (pid)
    where locktype = 'advisory' and classid = $1::oid and objsubid = 2 and datname = current_database()
      and state_change < now() - make_interval(secs => $2)`,
);

/** A worker whose jobs were unlocked. */
export interface RecoveredWorkerRow {
  readonly worker: string;
  /** Empty: the function returns nothing. */
  readonly unlocked: string;
}

/**
 * Unlocks the jobs of workers whose advisory lock is free. Must not run in a session that holds such locks: it could
 * acquire its own again. The five seconds are for workers that have started and not locked their id yet. $1: class of
 * the locks.
 */
export const recoverJobs = sql<RecoveredWorkerRow>(
  `with holder as materialized (
     select locked_by from graphile_worker.jobs where locked_by is not null
      group by locked_by having max(locked_at) < now() - interval '5 seconds'
   ), dead as materialized (
     select locked_by from holder where pg_try_advisory_xact_lock($1, hashtext(locked_by))
   )
   select locked_by as worker, graphile_worker.force_unlock_workers(array[locked_by]) as unlocked from dead`,
);
