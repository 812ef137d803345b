import { runQuery, toStorableJson, type Database, type Query } from '@central-index/platform/database';
import type { ClientBase } from 'pg';
import type { EntityManager } from 'typeorm';
import type { Payload } from '../facts';
import { insertJobs } from './add-jobs.queries';

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

/** Runs a query on the connection of the caller and returns its rows. */
export type QueryRunner = <Row>(query: Query<Row>, values: readonly unknown[]) => Promise<Row[]>;

// A running job loses its key before the next attempt, so one more attempt is enough in all but the rarest cases.
const maxAttempts = 100;

/**
 * Adds jobs. With `inSeconds` they run after that delay, and a pending job of the same key is not delayed further.
 *
 * Works around graphile-worker issue 580: `add_jobs` adds nothing, and reports it only by a missing row, when a worker
 * claims a job of the same key between the function's check for running jobs and its insert. The running job may have
 * read the database before the change, so it must not stand for the new one: jobs that were not added are added again.
 * Can be replaced by one call of `add_jobs` when that issue is fixed.
 */
export async function addJobs(
  run: QueryRunner,
  specs: readonly JobSpec[],
  options: { inSeconds?: number } = {},
): Promise<void> {
  const { inSeconds } = options;
  let remaining = withDistinctKeys(specs);
  for (let attempts = 0; remaining.length > 0; attempts += 1) {
    if (attempts === maxAttempts) {
      throw new Error(`jobs could not be added: ${remaining.map(({ key }) => key).join(' ')}`);
    }
    const values = [toStorableJson(remaining), inSeconds ?? 0, inSeconds !== undefined];
    const added = new Set((await run(insertJobs, values)).map(({ key }) => key));
    remaining = remaining.filter(({ key }) => key !== undefined && !added.has(key));
  }
}

// Of jobs with the same key the last one counts, as if they were added one after the other: graphile-worker fails on a list
// that has a key twice.
function withDistinctKeys(specs: readonly JobSpec[]): readonly JobSpec[] {
  const last = new Map(specs.map((spec) => [spec.key, spec]));
  return specs.filter((spec) => spec.key === undefined || last.get(spec.key) === spec);
}

/** Runs queries on a connection of the job queue. */
export function viaClient(client: ClientBase): QueryRunner {
  return async (query, values) => (await runQuery(client, query, values)).rows;
}

/** Runs queries in a transaction of TypeORM. */
export function viaManager(database: Database, manager: EntityManager): QueryRunner {
  return (query, values) => database.query(query, values, manager);
}
