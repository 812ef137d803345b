import { Injectable } from '@nestjs/common';
import { Database, toStorableJson } from '@central-index/platform/database';
import type { EntityManager } from 'typeorm';
import type { Fact, FactDefinition, Payload } from './facts';
import { addJobs, viaManager, type JobOptions, type JobSpec } from './graphile-workarounds/add-jobs';
import { resetSequences } from './graphile-workarounds/reset-sequences';
import {
  insertBatchedFact,
  rescheduleFailedJobs,
  selectFailedJobs,
  selectPendingJob,
  selectQueueState,
  selectWorkerHeartbeat,
  type FailedJob,
  type QueueState,
} from './jobs.queries';

/** Emits facts and adds jobs, in the transaction of the caller. */
@Injectable()
export class Jobs {
  constructor(private readonly database: Database) {}

  /**
   * Emits a fact. Facts of the same type and payload that are pending at the same time become one job. A later fact
   * replaces the key of a job that already runs, and so runs again: no fact is lost. With a `queue`, that later run
   * waits for the earlier one to end.
   */
  async emit(
    manager: EntityManager,
    fact: Fact,
    options: Pick<JobOptions, 'queue' | 'maxAttempts'> = {},
  ): Promise<void> {
    if (fact.batched) await this.insertBatched(manager, fact);
    else await addJobs(viaManager(this.database, manager), [{ ...toSpec(fact), ...options }]);
  }

  /**
   * Emits facts that may wait: their jobs run after `seconds`, and the same fact emitted again in the meantime is the
   * same job. A job that is already pending is not delayed further.
   */
  async emitDelayed(manager: EntityManager, facts: readonly Fact[], seconds: number): Promise<void> {
    await addJobs(viaManager(this.database, manager), facts.map(toSpec), { inSeconds: seconds });
  }

  /** True while the job of a fact is pending or running, unless it has failed in all its attempts. */
  async isPending(manager: EntityManager, fact: Fact): Promise<boolean> {
    return (await this.database.execute(selectPendingJob, [toSpec(fact).key], manager)) > 0;
  }

  /** Adds one job without the key that `emit` derives from the payload. */
  async add<P extends Payload>(
    manager: EntityManager,
    job: FactDefinition<P>,
    payload: P,
    options: JobOptions = {},
  ): Promise<void> {
    await addJobs(viaManager(this.database, manager), [{ name: job.type, payload, ...options }]);
  }

  /** When a worker was last known to be alive; undefined if there has been none. */
  async workerLastSeen(): Promise<Date | undefined> {
    return (await this.database.queryOne(selectWorkerHeartbeat))?.seen_at;
  }

  /** How many jobs are due, and how many have failed in all their attempts and will not run again by themselves. */
  async queueState(): Promise<QueueState> {
    return (await this.database.queryOne(selectQueueState))!;
  }

  /** Jobs that failed in all their attempts, oldest first, after the one with the id `after`. */
  failed(page: { readonly after?: string; readonly limit: number }): Promise<FailedJob[]> {
    return this.database.query(selectFailedJobs, [page.after ?? '0', page.limit]);
  }

  /** Lets a failed job run again with all its attempts, or all failed jobs. Returns how many. */
  retryFailed(manager: EntityManager, id?: string): Promise<number> {
    return this.database.execute(rescheduleFailedJobs, [id === undefined ? null : [id]], manager);
  }

  /** Resets the sequences of the queue; meant for a nightly job. */
  resetSequences(manager: EntityManager): Promise<void> {
    return resetSequences(this.database, manager);
  }

  private async insertBatched(manager: EntityManager, { type, payload }: Fact): Promise<void> {
    await this.database.execute(insertBatchedFact, [type, toStorableJson(payload)], manager);
  }
}

/** The job of a fact. Its key holds type and payload, so that equal facts are one pending job. */
export function toSpec({ type, payload }: Fact): JobSpec {
  const parts = Object.entries(payload).map(([name, value]) => `${name}=${String(value)}`);
  return { name: type, payload, key: [type, ...parts].join(':') };
}
