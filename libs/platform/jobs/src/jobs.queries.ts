import { sql } from '@central-index/platform/database';

/** One insert: emitters of one fact do not wait for each other, and no worker is notified. $1: type; $2: payload. */
export const insertBatchedFact = sql('insert into fact_outbox (type, payload) values ($1, $2)');

/** The last heartbeat of any worker. */
export const selectWorkerHeartbeat = sql<{ readonly seen_at: Date }>('select seen_at from worker_heartbeat');

/** The state of the queue. */
export interface QueueState {
  /** Jobs that are due or running. */
  readonly pending: number;
  /** Jobs that failed in all their attempts. */
  readonly failed: number;
  /** Age of the oldest due job in seconds, 0 if none is due. */
  readonly oldest_seconds: number;
}

/** A job in its last attempt is locked, and may still succeed. */
export const selectQueueState = sql<QueueState>(
  `select count(*) filter (where not failed and run_at <= now())::int as pending,
          count(*) filter (where failed)::int as failed,
          coalesce(greatest(0, extract(epoch from now() - min(run_at) filter (where not failed))), 0)::float8
            as oldest_seconds
     from (select run_at, attempts >= max_attempts and locked_at is null as failed
             from graphile_worker.jobs) as job`,
);

/** Finds a job that is pending or running. $1: its key. */
export const selectPendingJob = sql(
  'select from graphile_worker.jobs where key = $1 and attempts < max_attempts',
);
