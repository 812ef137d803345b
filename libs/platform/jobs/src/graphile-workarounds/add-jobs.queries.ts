import { sql } from '@central-index/platform/database';

/** The key of a job that was added or replaced. */
export interface AddedJobRow {
  readonly key: string | null;
}

/** $1: the jobs as a JSON array; $2: delay in seconds; $3: true if pending jobs keep their time. Ordered against deadlocks. */
export const insertJobs = sql<AddedJobRow>(
  `select key from graphile_worker.add_jobs(array(
     select row(name, payload, queue, coalesce("runAt", now() + make_interval(secs => $2)), "maxAttempts", key, null,
                null)::graphile_worker.job_spec
       from jsonb_to_recordset($1::jsonb)
            as job(name text, payload json, queue text, "runAt" timestamptz, "maxAttempts" int, key text)
      order by key
   ), $3)`,
);
