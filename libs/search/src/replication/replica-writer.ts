import type { Logger } from '@central-index/platform/logging';
import type { MeilisearchClient, MeilisearchTask } from '../meilisearch/client';
import { liveIndex, toMeilisearch } from '../meilisearch/document';
import { failureOfTask, MeilisearchFailure } from '../meilisearch/failure';
import type { ReplicaThrottle } from './replica-throttle';
import { attemptsToAlone, type Outgoing, type SearchOutbox } from './search-outbox';

const batchSize = 1_000;
const bigBatchSize = 10_000;

// Every search reads what waits, and beside more than this it takes longer than beside another batch.
const maxIdleTasks = 500;

/** Brings what the outbox notes to Meilisearch: sent is not done, and only a task that succeeded takes a note away. */
export class ReplicaWriter {
  constructor(
    private readonly outbox: SearchOutbox,
    private readonly logger: Logger,
  ) {}

  /** Notes what became of the documents that were sent; answers whether some are still under way. */
  async settle(client: MeilisearchClient, pace?: ReplicaThrottle): Promise<boolean> {
    const sent = await this.outbox.sentTasks();
    const ended: MeilisearchTask[] = [];
    let isBusy = false;
    for (let start = 0; start < sent.length; start += 100) {
      const some = sent.slice(start, start + 100);
      const tasks = new Map(
        (await client.tasks(some.map(({ task }) => task))).map((task) => [task.uid, task]),
      );
      for (const { task: uid } of some) {
        const task = tasks.get(uid);
        if (task?.status === 'enqueued' || task?.status === 'processing') {
          isBusy = true;
          continue;
        }
        if (task !== undefined) ended.push(task);
        if (task?.status === 'succeeded') await this.outbox.confirm(uid);
        else if (task?.status === 'failed') await this.failed(uid, failureOfTask(task.error));
        else await this.outbox.release(uid);
      }
    }
    if (ended.length > 0) pace?.indexed(busyFor(ended));
    return isBusy;
  }

  // A full disk or a lost index is nobody's document's fault.
  private async failed(uid: number, failure: MeilisearchFailure): Promise<void> {
    this.logger.error({ task: uid, code: failure.code }, `a task failed: ${failure.message}`);
    if (failure.kind !== 'diskFull' && failure.kind !== 'indexMissing') {
      return this.outbox.fail(uid, failure.message);
    }
    await this.outbox.release(uid);
    throw failure;
  }

  /** Sends what waits, as it is now; while the engine is not free only when that is much. Answers how many there were. */
  async send(client: MeilisearchClient, isFree: boolean): Promise<number> {
    const { pending } = await this.outbox.state();
    if (!isFree && pending < maxIdleTasks) return 0;
    const outgoing = await this.outbox.next(pending > 2 * batchSize ? bigBatchSize : batchSize);
    for (const group of groups(outgoing)) {
      const payload: { note: Outgoing; fields: object }[] = [];
      for (const note of group.filter(({ document }) => document !== undefined)) {
        try {
          payload.push({ note, fields: toMeilisearch(note.document!) });
        } catch (error) {
          await this.outbox.reject([note], String(error));
        }
      }
      const gone = group.filter(({ document }) => document === undefined);
      await this.give(
        payload.map(({ note }) => note),
        () =>
          client.put(
            liveIndex,
            payload.map(({ fields }) => fields),
          ),
      );
      await this.give(gone, () =>
        client.remove(
          liveIndex,
          gone.map(({ id }) => Number(id)),
        ),
      );
    }
    return outgoing.length;
  }

  private async give(notes: readonly Outgoing[], send: () => Promise<number>): Promise<void> {
    if (notes.length === 0) return;
    try {
      await this.outbox.sent(await send(), notes);
    } catch (error) {
      if (!(error instanceof MeilisearchFailure) || error.kind !== 'refused') throw error;
      await this.outbox.reject(notes, error.message);
    }
  }
}

// Milliseconds in which tasks were done that came together, often as one.
function busyFor(tasks: readonly MeilisearchTask[]): number {
  const at = (time: string | null): number => (time === null ? NaN : Date.parse(time));
  const started = Math.min(...tasks.map(({ startedAt }) => at(startedAt)));
  const finished = Math.max(...tasks.map(({ finishedAt }) => at(finishedAt)));
  return finished >= started ? finished - started : 0;
}

// Documents of failed tasks go in ever smaller ones, until the one to blame is alone.
function groups(outgoing: readonly Outgoing[]): Outgoing[][] {
  const sizes = [bigBatchSize, 100, 10, 1];
  const list: Outgoing[][] = [];
  for (const attempts of [0, 1, 2, attemptsToAlone]) {
    const those = outgoing.filter((note) => Math.min(note.attempts, attemptsToAlone) === attempts);
    for (let start = 0; start < those.length; start += sizes[attempts]!) {
      list.push(those.slice(start, start + sizes[attempts]!));
    }
  }
  return list;
}
