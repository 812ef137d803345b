import { Injectable } from '@nestjs/common';
import type { ClientBase } from 'pg';
import type { EntityManager } from 'typeorm';

/** Something that became true: a name in the past tense, and the ids it is about. */
export interface Fact {
  readonly type: string;
  readonly ids: Readonly<Record<string, string>>;
  /** Comes by the hundred a second: it waits as a row, up to a tenth of a second, and is told with all that wait. */
  readonly gathered?: true;
}

/** `key` makes a waiting job of the same key stand for this one too. */
export interface JobOptions {
  readonly key?: string;
  readonly runAt?: Date;
  readonly maxAttempts?: number;
  /** Jobs of one queue run one after another. */
  readonly queue?: string;
}

/** States facts and adds jobs. There is no way to do either without the caller's transaction. */
@Injectable()
export class Jobs {
  /**
   * States a fact. Facts of the same type and ids that wait at the same time are one job. The job's key is taken
   * over by a later statement, which runs again if the earlier one has begun: no fact is lost. With a `queue`, that
   * later run waits for the earlier one to end.
   */
  async state(manager: EntityManager, fact: Fact, options: Pick<JobOptions, 'queue'> = {}): Promise<void> {
    if (fact.gathered === true) return this.gather(manager, fact);
    await addJobs(within(manager), [{ ...toSpec(fact), ...options }]);
  }

  /**
   * States facts that nobody is in a hurry to hear: they wait some seconds, and what is stated of the same ids
   * meanwhile is the same job. A job that waits already is not put off.
   */
  async stateLater(manager: EntityManager, facts: readonly Fact[], seconds: number): Promise<void> {
    await addJobs(within(manager), facts.map(toSpec), { inSeconds: seconds });
  }

  /** True while a fact waits or its job runs, and may still be tried again. */
  async isUnderWay(manager: EntityManager, fact: Fact): Promise<boolean> {
    const rows: unknown = await manager.query(
      'select from graphile_worker.jobs where key = $1 and attempts < max_attempts',
      [toSpec(fact).key],
    );
    return (rows as unknown[]).length > 0;
  }

  /**
   * Has the queue number its names of tasks and queues on from the highest that is used. It takes a number of 31 bits
   * for each job that is added, and would add none any more after two thousand million (graphile-worker issue 619).
   */
  async renumber(manager: EntityManager): Promise<void> {
    for (const table of ['_private_tasks', '_private_job_queues']) {
      await manager.query(
        `select setval(pg_get_serial_sequence('graphile_worker.${table}', 'id'), max(id)) from graphile_worker.${table}
         having max(id) is not null`,
      );
    }
  }

  // A row and nothing else: statements of one fact do not wait for each other, nor does anybody wake for each.
  private async gather(manager: EntityManager, { type, ids }: Fact): Promise<void> {
    await manager.query('insert into waiting_fact (type, ids) values ($1, $2)', [type, JSON.stringify(ids)]);
  }

  /** Adds one job to the queue table. */
  async add(
    manager: EntityManager,
    name: string,
    ids: Readonly<Record<string, string>>,
    options: JobOptions = {},
  ): Promise<void> {
    await addJobs(within(manager), [{ name, ids, ...options }]);
  }
}

/** A job that is to be added. */
export interface JobSpec extends JobOptions {
  readonly name: string;
  readonly ids: Readonly<Record<string, string>>;
}

/** How a statement is run where jobs are to be added; answers its rows. */
export type RunStatement = (sql: string, values: unknown[]) => Promise<{ key: string | null }[]>;

// A job that runs is given up by its key before the next try, so that one more try is enough but for the rarest cases.
const mostTries = 100;

/**
 * Adds jobs. With `inSeconds` they wait so long, and one of the same key that waits already is not put off.
 *
 * The queue adds nothing, and says so only by a missing row, where a job of the same key is taken by a worker between
 * its looking for running jobs and its insert (graphile-worker issue 580). Such a job may have read the truth before,
 * so it must not stand for the new one: those are added again.
 */
export async function addJobs(
  run: RunStatement,
  specs: readonly JobSpec[],
  options: { inSeconds?: number } = {},
): Promise<void> {
  let open = specs;
  for (let tries = 0; open.length > 0; tries += 1) {
    if (tries === mostTries)
      throw new Error(`jobs could not be added: ${open.map(({ key }) => key).join(' ')}`);
    const rows = await run(
      `select key from graphile_worker.add_jobs(array(
         select row(name, ids, queue, coalesce("runAt", now() + make_interval(secs => $2)), "maxAttempts", key, null,
                    null)::graphile_worker.job_spec
           from jsonb_to_recordset($1::jsonb)
                as job(name text, ids json, queue text, "runAt" timestamptz, "maxAttempts" int, key text)
          order by key
       ), $3)`,
      [JSON.stringify(open), options.inSeconds ?? 0, options.inSeconds !== undefined],
    );
    const added = new Set(rows.map(({ key }) => key));
    open = open.filter(({ key }) => key !== undefined && !added.has(key));
  }
}

/** The job that a fact becomes: of facts of the same type and ids, one waits. */
export function toSpec({ type, ids }: Fact): JobSpec {
  const parts = Object.entries(ids).map(([name, id]) => `${name}=${id}`);
  return { name: type, ids, key: [type, ...parts].join(':') };
}

/** Runs statements on a connection of the job queue's. */
export function on(client: ClientBase): RunStatement {
  return async (sql, values) => (await client.query<{ key: string | null }>(sql, values)).rows;
}

function within(manager: EntityManager): RunStatement {
  return (sql, values) => manager.query(sql, values);
}
