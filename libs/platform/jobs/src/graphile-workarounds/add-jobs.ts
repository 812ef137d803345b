import type { ClientBase } from 'pg';
import type { EntityManager } from 'typeorm';
import type { Payload } from '../facts';

/** Options of a job. A pending job of the same `key` is replaced by the new one. */
export interface JobOptions {
  readonly key?: string;
  readonly runAt?: Date;
  readonly maxAttempts?: number;
  /** Jobs of one queue run one after another. */
  readonly queue?: string;
}

/** A job to be added. */
export interface JobSpec extends JobOptions {
  readonly name: string;
  readonly payload: Payload;
}

/** Runs the statement that adds jobs, on whatever connection, and returns its rows. */
export type RunStatement = (sql: string, values: unknown[]) => Promise<{ key: string | null }[]>;

// A running job loses its key before the next attempt, so one more attempt is enough in all but the rarest cases.
const maxAttempts = 100;

/**
 * Adds jobs. With `inSeconds` they run after that delay, and a pending job of the same key is not delayed further.
 *
 * Works around graphile-worker issue 580: `add_jobs` adds nothing, and reports it only by a missing row, when a worker
 * takes a job of the same key between its check for running jobs and its insert. The running job may have read the
 * database before the change, so it must not stand for the new one: what was not added is added again.
 */
export async function addJobs(
  run: RunStatement,
  specs: readonly JobSpec[],
  options: { inSeconds?: number } = {},
): Promise<void> {
  let open = specs;
  for (let attempts = 0; open.length > 0; attempts += 1) {
    if (attempts === maxAttempts)
      throw new Error(`jobs could not be added: ${open.map(({ key }) => key).join(' ')}`);
    const rows = await run(
      `select key from graphile_worker.add_jobs(array(
         select row(name, payload, queue, coalesce("runAt", now() + make_interval(secs => $2)), "maxAttempts", key, null,
                    null)::graphile_worker.job_spec
           from jsonb_to_recordset($1::jsonb)
                as job(name text, payload json, queue text, "runAt" timestamptz, "maxAttempts" int, key text)
          order by key
       ), $3)`,
      [JSON.stringify(open), options.inSeconds ?? 0, options.inSeconds !== undefined],
    );
    const added = new Set(rows.map(({ key }) => key));
    open = open.filter(({ key }) => key !== undefined && !added.has(key));
  }
}

/** Runs statements on a connection of the job queue. */
export function viaClient(client: ClientBase): RunStatement {
  return async (sql, values) => (await client.query<{ key: string | null }>(sql, values)).rows;
}

/** Runs statements in a transaction of TypeORM. */
export function viaManager(manager: EntityManager): RunStatement {
  return (sql, values) => manager.query(sql, values);
}
