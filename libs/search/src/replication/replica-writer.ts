import { Inject, Injectable } from '@nestjs/common';
import { LOGGER, summarizeError, type Logger } from '@central-index/platform/logging';
import type { MeilisearchClient, MeilisearchTask } from '../meilisearch/client';
import { liveIndex, toMeilisearch } from '../meilisearch/document';
import { failureOfTask, MeilisearchFailure } from '../meilisearch/failure';
import type { ReplicaThrottle } from './replica-throttle';
import { maxGroupedAttempts, SearchOutbox, type OutgoingDocument } from './search-outbox';

const batchSize = 1_000;
// Used while the replica is far behind.
const largeBatchSize = 10_000;

// Each search reads the pending documents. With more than this many, that costs searches more than another batch does.
const maxPendingWhileBusy = 500;

const tasksPerRequest = 100;

/** Sends the documents of the outbox to Meilisearch. Only a task that has succeeded removes them from the outbox. */
@Injectable()
export class ReplicaWriter {
  constructor(
    private readonly outbox: SearchOutbox,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /**
   * Records the outcome of the tasks that were sent. Returns whether some of them are not finished. Throws
   * MeilisearchFailure if one failed for lack of disk space or because the index is gone.
   */
  async settle(client: MeilisearchClient, throttle?: ReplicaThrottle): Promise<boolean> {
    const sent = await this.outbox.sentTasks();
    const finished: MeilisearchTask[] = [];
    let isBusy = false;
    for (let start = 0; start < sent.length; start += tasksPerRequest) {
      const uids = sent.slice(start, start + tasksPerRequest).map(({ task }) => task);
      const tasks = new Map((await client.tasks(uids)).map((task) => [task.uid, task]));
      for (const uid of uids) {
        const task = tasks.get(uid);
        if (task?.status === 'enqueued' || task?.status === 'processing') {
          isBusy = true;
          continue;
        }
        if (task !== undefined) finished.push(task);
        if (task?.status === 'succeeded') await this.outbox.confirm(uid);
        else if (task?.status === 'failed') await this.recordFailure(uid, failureOfTask(task.error));
        else await this.outbox.release(uid);
      }
    }
    if (finished.length > 0) throttle?.recordIndexing(durationOf(finished));
    return isBusy;
  }

  /**
   * Sends one batch of unsent documents in their current version, and returns how many. While the engine may not index,
   * it does so only if many documents are pending.
   */
  async send(client: MeilisearchClient, mayIndex: boolean): Promise<number> {
    const { pending } = await this.outbox.state();
    if (!mayIndex && pending < maxPendingWhileBusy) return 0;
    const outgoing = await this.outbox.unsent(pending > 2 * batchSize ? largeBatchSize : batchSize);
    for (const group of groupByAttempts(outgoing)) {
      await this.sendDocuments(client, group);
      await this.sendDeletions(client, group);
    }
    return outgoing.length;
  }

  private async sendDocuments(client: MeilisearchClient, group: readonly OutgoingDocument[]): Promise<void> {
    const sent: OutgoingDocument[] = [];
    const payload: object[] = [];
    for (const outgoing of group) {
      if (outgoing.document === undefined) continue;
      try {
        payload.push(toMeilisearch(outgoing.document));
        sent.push(outgoing);
      } catch (error) {
        await this.outbox.reject([outgoing], summarizeError(error));
      }
    }
    await this.sendTask(sent, () => client.put(liveIndex, payload));
  }

  private async sendDeletions(client: MeilisearchClient, group: readonly OutgoingDocument[]): Promise<void> {
    const deleted = group.filter(({ document }) => document === undefined);
    const ids = deleted.map(({ id }) => Number(id));
    await this.sendTask(deleted, () => client.remove(liveIndex, ids));
  }

  private async sendTask(outgoing: readonly OutgoingDocument[], send: () => Promise<number>): Promise<void> {
    if (outgoing.length === 0) return;
    try {
      await this.outbox.recordSent(await send(), outgoing);
    } catch (error) {
      if (!(error instanceof MeilisearchFailure) || error.kind !== 'refused') throw error;
      await this.outbox.reject(outgoing, error.message);
    }
  }

  // A full disk and a lost index are not caused by a document, so they count against none.
  private async recordFailure(uid: number, failure: MeilisearchFailure): Promise<void> {
    this.logger.error({ task: uid, code: failure.code }, `Meilisearch task failed: ${failure.message}`);
    if (failure.kind !== 'diskFull' && failure.kind !== 'indexMissing') {
      return this.outbox.fail(uid, failure.message);
    }
    await this.outbox.release(uid);
    throw failure;
  }
}

// Milliseconds from the first start to the last end: Meilisearch often processes several tasks as one.
function durationOf(tasks: readonly MeilisearchTask[]): number {
  const parse = (time: string | null): number => (time === null ? NaN : Date.parse(time));
  const started = Math.min(...tasks.map(({ startedAt }) => parse(startedAt)));
  const finished = Math.max(...tasks.map(({ finishedAt }) => parse(finishedAt)));
  return finished >= started ? finished - started : 0;
}

// Documents of failed tasks are sent in ever smaller tasks, until the one that causes the failure is alone.
function groupByAttempts(outgoing: readonly OutgoingDocument[]): OutgoingDocument[][] {
  const sizes = [largeBatchSize, 100, 10, 1];
  return sizes.flatMap((size, attempts) => {
    const ofAttempts = outgoing.filter((one) => Math.min(one.attempts, maxGroupedAttempts) === attempts);
    return Array.from({ length: Math.ceil(ofAttempts.length / size) }, (_, group) =>
      ofAttempts.slice(group * size, (group + 1) * size),
    );
  });
}
