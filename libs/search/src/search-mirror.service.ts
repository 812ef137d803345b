import type { Logger } from '@central-index/platform/logging';
import { setTimeout as pause } from 'node:timers/promises';
import type { MeilisearchClient } from './meilisearch-client';
import { liveIndex, toMeilisearch } from './meilisearch-document';
import { failureOfTask, MeilisearchFailure } from './meilisearch-failure';
import { isSetUp, markOf } from './meilisearch-index';
import type { MeilisearchConnection } from './meilisearch-keys';
import type { MirrorCheck, MirrorDifference } from './mirror-check';
import type { BuildProgress, MirrorRebuild } from './mirror-rebuild';
import type { MirrorState, MirrorStates } from './mirror-state';
import { attemptsToAlone, type Outgoing, type SearchOutbox } from './search-outbox';

const interval = 1_000;
const longestRest = 5_000;
const batchSize = 1_000;
const bigBatchSize = 10_000;
const sliceSize = 4_000;

/** The versions that this was tried with; older ones lack what is used, others may differ. */
const testedVersion = /^1\.(5\d)\./;

/** Keeps the copy in Meilisearch as the PostgreSQL engine's public documents are. Of all processes one does so at a time. */
export class SearchMirror {
  private isSettled = false;
  private failure: string | undefined;

  constructor(
    private readonly connection: MeilisearchConnection,
    private readonly states: MirrorStates,
    private readonly outbox: SearchOutbox,
    private readonly rebuilder: MirrorRebuild,
    private readonly checker: MirrorCheck,
    private readonly logger: Logger,
  ) {}

  /** Keeps it from now on, once a second; the returned function stops that when the round under way has ended. */
  start(): () => Promise<void> {
    const stopping = new AbortController();
    const running = this.run(stopping.signal);
    return async () => {
      stopping.abort();
      await running;
    };
  }

  private async run(stopping: AbortSignal): Promise<void> {
    for (let rest = interval; !stopping.aborted;) {
      try {
        await this.round();
        if (this.failure !== undefined) this.logger.info('Meilisearch takes search documents again');
        this.failure = undefined;
        rest = interval;
      } catch (error) {
        this.connection.forget();
        this.isSettled = false;
        const why = error instanceof MeilisearchFailure ? error.message : String(error);
        if (why !== this.failure) this.logger.error({ err: error }, `search documents are not sent: ${why}`);
        this.failure = why;
        rest = Math.min(rest * 1.5, longestRest);
      }
      await pause(rest, undefined, { signal: stopping }).catch(() => undefined);
    }
  }

  /** One round: what became of what was sent, what is to be sent, and a piece of the check. */
  async round(): Promise<void> {
    await this.states.asWriter(
      async () => {
        const state = await this.states.open();
        const client = await this.connection.client();
        if (await this.needsBuilding(client, state)) {
          this.logger.info('filling the search index of Meilisearch');
          const documents = await this.rebuilder.run(client, () => undefined);
          this.logger.info({ documents }, 'filled the search index of Meilisearch');
        }
        await this.settle(client);
        const sent = await this.send(client);
        if (sent === 0) await this.checkSlice(client);
      },
      { wait: false },
    );
  }

  /** Fills a new index and puts it in the place of the one in use. Waits for another writer to end its round. */
  async rebuild(onProgress: BuildProgress = () => undefined): Promise<number> {
    const documents = await this.states.asWriter(
      async () => this.rebuilder.run(await this.connection.client(), onProgress),
      { wait: true },
    );
    return documents ?? 0;
  }

  /** Compares every copy with what it should be, and, if told to, has the differing ones sent again. */
  async check(repair: boolean): Promise<MirrorDifference> {
    const state = await this.states.open();
    const client = await this.connection.client();
    // Asked first, so that a server that cannot be reached is called that.
    const mark = await markOf(client, liveIndex);
    if (mark === undefined) throw new MeilisearchFailure('indexMissing');
    if (mark !== state.generation) throw new MeilisearchFailure('notOurIndex');
    const found = { missing: [] as string[], stale: [] as string[], stray: [] as string[] };
    for (let after: string | undefined = '0'; after !== undefined;) {
      const { difference, to }: { difference: MirrorDifference; to: string | undefined } =
        await this.checker.slice(client, after, sliceSize);
      for (const kind of ['missing', 'stale', 'stray'] as const) found[kind].push(...difference[kind]);
      if (repair) await this.repair(difference);
      after = to;
    }
    return found;
  }

  // Settings are compared when this process begins and after every failure: then the server may be another one.
  private async needsBuilding(client: MeilisearchClient, state: MirrorState): Promise<boolean> {
    if (state.generation === null || state.building !== null) return true;
    if ((await markOf(client, liveIndex)) !== state.generation) return true;
    if (this.isSettled) return false;
    const version = await client.version();
    if (version !== undefined && !testedVersion.test(version)) {
      this.logger.warn({ version }, 'this version of Meilisearch was not tried with this program');
    }
    const isSet = await isSetUp(client);
    this.isSettled = isSet;
    return !isSet;
  }

  private async settle(client: MeilisearchClient): Promise<void> {
    const sent = await this.outbox.sentTasks();
    for (let start = 0; start < sent.length; start += 100) {
      const some = sent.slice(start, start + 100);
      const tasks = new Map(
        (await client.tasks(some.map(({ task }) => task))).map((task) => [task.uid, task]),
      );
      for (const { task: uid } of some) {
        const task = tasks.get(uid);
        if (task?.status === 'enqueued' || task?.status === 'processing') continue;
        if (task?.status === 'succeeded') await this.outbox.confirm(uid);
        else if (task?.status === 'failed') await this.failed(uid, failureOfTask(task.error));
        else await this.outbox.release(uid);
      }
    }
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

  private async send(client: MeilisearchClient): Promise<number> {
    const { waiting } = await this.outbox.state();
    const outgoing = await this.outbox.next(waiting > 2 * batchSize ? bigBatchSize : batchSize);
    for (const group of groups(outgoing)) {
      const payload: { note: Outgoing; fields: object }[] = [];
      for (const note of group.filter(({ document }) => document !== undefined)) {
        try {
          payload.push({ note, fields: toMeilisearch(note.document!) });
        } catch (error) {
          await this.outbox.refuse([note], String(error));
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
      await this.outbox.refuse(notes, error.message);
    }
  }

  private async checkSlice(client: MeilisearchClient): Promise<void> {
    const state = await this.states.open();
    const { difference, to } = await this.checker.slice(client, state.checkedTo, sliceSize);
    await this.states.checked(to ?? '0', await this.repair(difference));
  }

  private async repair({ missing, stale, stray }: MirrorDifference): Promise<number> {
    const ids = [...missing, ...stale, ...stray];
    if (ids.length === 0) return 0;
    this.logger.error(
      { missing: missing.length, stale: stale.length, stray: stray.length },
      'copies of search documents differed',
    );
    await this.outbox.note(ids);
    return ids.length;
  }
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
