import { Injectable } from '@nestjs/common';
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
    await this.add(manager, fact.type, fact.ids, { ...options, key: keyOf(fact) });
  }

  /**
   * States facts that nobody is in a hurry to hear: they wait some seconds, and what is stated of the same ids
   * meanwhile is the same job. A job that waits already is not put off.
   */
  async stateLater(manager: EntityManager, facts: readonly Fact[], seconds: number): Promise<void> {
    if (facts.length === 0) return;
    await addJobs(manager, facts, seconds);
  }

  /** True while a fact waits or its job runs, and may still be tried again. */
  async isUnderWay(manager: EntityManager, fact: Fact): Promise<boolean> {
    const rows: unknown = await manager.query(
      'select from graphile_worker.jobs where key = $1 and attempts < max_attempts',
      [keyOf(fact)],
    );
    return (rows as unknown[]).length > 0;
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
    await manager.query(
      `select 1 from graphile_worker.add_job($1, $2::json, queue_name := $3, run_at := $4, max_attempts := $5, job_key := $6)`,
      [
        name,
        JSON.stringify(ids),
        options.queue ?? null,
        options.runAt ?? null,
        options.maxAttempts ?? 25,
        options.key ?? null,
      ],
    );
  }
}

/** Adds a job for each fact, to be run after some seconds; one of the same ids that waits already is not put off. */
export async function addJobs(
  to: { query(sql: string, values: unknown[]): Promise<unknown> },
  facts: readonly Fact[],
  seconds: number,
): Promise<void> {
  await to.query(
    `select from graphile_worker.add_jobs(array(
       select row(type, ids, null, now() + make_interval(secs => $4), 25, key, null, null)::graphile_worker.job_spec
         from unnest($1::text[], $2::json[], $3::text[]) as fact(type, ids, key) order by key
     ), true)`,
    [facts.map(({ type }) => type), facts.map(({ ids }) => JSON.stringify(ids)), facts.map(keyOf), seconds],
  );
}

const keyOf = ({ type, ids }: Fact): string =>
  [type, ...Object.entries(ids).map(([name, id]) => `${name}=${id}`)].join(':');
