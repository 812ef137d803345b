import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

/** Something that became true: a name in the past tense, and the ids it is about. */
export interface Fact {
  readonly type: string;
  readonly ids: Readonly<Record<string, string>>;
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
    await this.add(manager, fact.type, fact.ids, { ...options, key: keyOf(fact) });
  }

  /**
   * States facts that nobody is in a hurry to hear: they wait some seconds, and what is stated of the same ids
   * meanwhile is the same job. A job that waits already is not put off.
   */
  async stateLater(manager: EntityManager, facts: readonly Fact[], seconds: number): Promise<void> {
    if (facts.length === 0) return;
    await manager.query(
      `select from graphile_worker.add_jobs(array(
         select row(type, ids, null, now() + make_interval(secs => $4), 25, key, null, null)::graphile_worker.job_spec
           from unnest($1::text[], $2::json[], $3::text[]) as fact(type, ids, key) order by key
       ), true)`,
      [facts.map(({ type }) => type), facts.map(({ ids }) => JSON.stringify(ids)), facts.map(keyOf), seconds],
    );
  }

  /** True while a fact waits or its job runs, and may still be tried again. */
  async isUnderWay(manager: EntityManager, fact: Fact): Promise<boolean> {
    const rows: unknown = await manager.query(
      'select from graphile_worker.jobs where key = $1 and attempts < max_attempts',
      [keyOf(fact)],
    );
    return (rows as unknown[]).length > 0;
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

const keyOf = ({ type, ids }: Fact): string =>
  [type, ...Object.entries(ids).map(([name, id]) => `${name}=${id}`)].join(':');
