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
    const ids = Object.entries(fact.ids).map(([name, id]) => `${name}=${id}`);
    await this.add(manager, fact.type, fact.ids, { ...options, key: [fact.type, ...ids].join(':') });
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
