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

/** A job that failed in all its attempts. */
export interface FailedJob {
  readonly id: string;
  /** The type of its fact, or its name in the schedule. */
  readonly name: string;
  readonly attempts: number;
  /** The message of its last error. */
  readonly error: string;
  readonly createdAt: Date;
  readonly failedAt: Date;
}

const isFailed = 'attempts >= max_attempts and locked_at is null';

/** $1: the id after which to start; $2: limit. */
export const selectFailedJobs = sql<FailedJob>(
  `select id, task_identifier as name, attempts::int as attempts, coalesce(last_error, '') as error,
          created_at as "createdAt", updated_at as "failedAt"
     from graphile_worker.jobs where ${isFailed} and id > $1 order by id limit $2`,
);

/** Lets failed jobs run again, with all their attempts. $1: ids of jobs, or null for all that failed. */
export const rescheduleFailedJobs = sql(
  `select from graphile_worker.reschedule_jobs(
     array(select id from graphile_worker.jobs where ${isFailed} and ($1::bigint[] is null or id = any($1::bigint[]))),
     now(), null, 0)`,
);

/** Finds a job that is pending or running. $1: its key. */
export const selectPendingJob = sql(
  'select from graphile_worker.jobs where key = $1 and attempts < max_attempts',
);
