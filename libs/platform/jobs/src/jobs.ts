import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Fact, FactDefinition, Payload } from './facts';
import { addJobs, viaManager, type JobOptions, type JobSpec } from './graphile-workarounds/add-jobs';
import { resetSequences } from './graphile-workarounds/reset-sequences';

/** Emits facts and adds jobs. Neither is possible without the caller's transaction. */
@Injectable()
export class Jobs {
  /**
   * Emits a fact. Facts of the same type and payload that are pending at the same time become one job. A later fact
   * replaces the key of a job that already runs, and so runs again: no fact is lost. With a `queue`, that later run
   * waits for the earlier one to end.
   */
  async emit(manager: EntityManager, fact: Fact, options: Pick<JobOptions, 'queue'> = {}): Promise<void> {
    if (fact.batched) return this.enqueueBatched(manager, fact);
    await addJobs(viaManager(manager), [{ ...toSpec(fact), ...options }]);
  }

  /**
   * Emits facts that may wait: their jobs run after `seconds`, and the same fact emitted again in the meantime is the
   * same job. A job that is already pending is not delayed further.
   */
  async emitDelayed(manager: EntityManager, facts: readonly Fact[], seconds: number): Promise<void> {
    await addJobs(viaManager(manager), facts.map(toSpec), { inSeconds: seconds });
  }

  /** True while a fact is pending or its job runs, and may still be retried. */
  async isPending(manager: EntityManager, fact: Fact): Promise<boolean> {
    const rows: unknown = await manager.query(
      'select from graphile_worker.jobs where key = $1 and attempts < max_attempts',
      [toSpec(fact).key],
    );
    return (rows as unknown[]).length > 0;
  }

  /** Adds one job without the key that `emit` derives from the payload. */
  async add<P extends Payload>(
    manager: EntityManager,
    job: FactDefinition<P>,
    payload: P,
    options: JobOptions = {},
  ): Promise<void> {
    await addJobs(viaManager(manager), [{ name: job.type, payload, ...options }]);
  }

  /** Resets the sequences of the queue, for a nightly job. */
  resetSequences(manager: EntityManager): Promise<void> {
    return resetSequences(manager);
  }

  // One insert: emitters of one fact do not wait for each other, and no worker is notified for each.
  private async enqueueBatched(manager: EntityManager, { type, payload }: Fact): Promise<void> {
    await manager.query('insert into fact_outbox (type, payload) values ($1, $2)', [
      type,
      JSON.stringify(payload),
    ]);
  }
}

/** The job of a fact. Its key holds type and payload, so that equal facts are one pending job. */
export function toSpec({ type, payload }: Fact): JobSpec {
  const parts = Object.entries(payload).map(([name, value]) => `${name}=${String(value)}`);
  return { name: type, payload, key: [type, ...parts].join(':') };
}
