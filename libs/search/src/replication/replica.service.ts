import type { Logger } from '@central-index/platform/logging';
import { setTimeout as pause } from 'node:timers/promises';
import type { MeilisearchClient } from '../meilisearch/client';
import { liveIndex } from '../meilisearch/document';
import { MeilisearchFailure } from '../meilisearch/failure';
import { isSetUp, generationMarkerOf } from '../meilisearch/index-setup';
import type { MeilisearchConnection } from '../meilisearch/connection';
import type { ReplicaCheck, ReplicaDifference } from './replica-check';
import { ReplicaThrottle } from './replica-throttle';
import type { BuildProgress, ReplicaRebuild } from './replica-rebuild';
import type { ReplicaState, ReplicaStates } from './replica-state';
import { ReplicaWriter } from './replica-writer';
import type { SearchOutbox } from './search-outbox';

const interval = 1_000;
const maxIdleMs = 5_000;
const sliceSize = 4_000;

/** The versions that this was tried with; older ones lack what is used, others may differ. */
const testedVersion = /^1\.(5\d)\./;

/** Keeps the copy in Meilisearch as the PostgreSQL engine's public documents are. Of all processes one does so at a time. */
export class SearchReplica {
  private isSettled = false;
  private failure: string | undefined;
  private readonly writer: ReplicaWriter;

  constructor(
    private readonly connection: MeilisearchConnection,
    private readonly states: ReplicaStates,
    private readonly outbox: SearchOutbox,
    private readonly rebuilder: ReplicaRebuild,
    private readonly checker: ReplicaCheck,
    private readonly logger: Logger,
  ) {
    this.writer = new ReplicaWriter(outbox, logger);
  }

  /**
   * Keeps it from now on, once a second, or less often where Meilisearch takes long to index; the returned function
   * stops that when the round under way has ended.
   */
  start(): () => Promise<void> {
    const stopping = new AbortController();
    const running = this.run(new ReplicaThrottle(), stopping.signal);
    return async () => {
      stopping.abort();
      await running;
    };
  }

  private async run(pace: ReplicaThrottle, stopping: AbortSignal): Promise<void> {
    for (let rest = interval; !stopping.aborted;) {
      try {
        await this.round(pace);
        if (this.failure !== undefined) this.logger.info('Meilisearch takes search documents again');
        this.failure = undefined;
        rest = interval;
      } catch (error) {
        this.connection.invalidate();
        this.isSettled = false;
        const why = error instanceof MeilisearchFailure ? error.message : String(error);
        if (why !== this.failure) this.logger.error({ err: error }, `search documents are not sent: ${why}`);
        this.failure = why;
        rest = Math.min(rest * 1.5, maxIdleMs);
      }
      await pause(rest, undefined, { signal: stopping }).catch(() => undefined);
    }
  }

  /** One round: what became of what was sent, what is to be sent, and a piece of the check; at once, unless paced. */
  async round(pace?: ReplicaThrottle): Promise<void> {
    await this.states.withWriterLock(
      async () => {
        const state = await this.states.open();
        const client = await this.connection.client();
        if (await this.needsBuilding(client, state)) {
          this.logger.info('filling the search index of Meilisearch');
          const documents = await this.rebuilder.run(client, () => undefined);
          this.logger.info({ documents }, 'filled the search index of Meilisearch');
        }
        const isBusy = await this.writer.settle(client, pace);
        const sent = await this.writer.send(client, pace === undefined || (pace.mayIndex && !isBusy));
        if (sent === 0 && (pace === undefined || pace.mayCompare)) await this.checkSlice(client, pace);
      },
      { wait: false },
    );
  }

  /** Fills a new index and puts it in the rank key of the one in use. Waits for another writer to end its round. */
  async rebuild(onProgress: BuildProgress = () => undefined): Promise<number> {
    const documents = await this.states.withWriterLock(
      async () => this.rebuilder.run(await this.connection.client(), onProgress),
      { wait: true },
    );
    return documents ?? 0;
  }

  /** Compares every copy with what it should be, and, if told to, has the differing ones sent again. */
  async check(repair: boolean): Promise<ReplicaDifference> {
    const state = await this.states.open();
    const client = await this.connection.client();
    // Asked first, so that a server that cannot be reached is called that.
    const mark = await generationMarkerOf(client, liveIndex);
    if (mark === undefined) throw new MeilisearchFailure('indexMissing');
    if (mark !== state.generation) throw new MeilisearchFailure('notOurIndex');
    const found = { missing: [] as string[], stale: [] as string[], orphaned: [] as string[] };
    for (let after: string | undefined = '0'; after !== undefined;) {
      const { difference, to }: { difference: ReplicaDifference; to: string | undefined } =
        await this.checker.slice(client, after, sliceSize);
      for (const kind of ['missing', 'stale', 'orphaned'] as const) found[kind].push(...difference[kind]);
      if (repair) await this.repair(difference);
      after = to;
    }
    return found;
  }

  // Settings are compared when this process begins and after every failure: then the server may be another one.
  private async needsBuilding(client: MeilisearchClient, state: ReplicaState): Promise<boolean> {
    if (state.generation === null || state.building !== null) return true;
    if ((await generationMarkerOf(client, liveIndex)) !== state.generation) return true;
    if (this.isSettled) return false;
    const version = await client.version();
    if (version !== undefined && !testedVersion.test(version)) {
      this.logger.warn({ version }, 'this version of Meilisearch was not tried with this program');
    }
    const isSet = await isSetUp(client);
    this.isSettled = isSet;
    return !isSet;
  }

  private async checkSlice(client: MeilisearchClient, pace?: ReplicaThrottle): Promise<void> {
    const began = performance.now();
    const state = await this.states.open();
    const { difference, to, part } = await this.checker.slice(client, state.checkedUpTo, sliceSize);
    await this.states.checked(to ?? '0', await this.repair(difference));
    pace?.compared(part, performance.now() - began);
  }

  private async repair({ missing, stale, orphaned }: ReplicaDifference): Promise<number> {
    const ids = [...missing, ...stale, ...orphaned];
    if (ids.length === 0) return 0;
    this.logger.error(
      { missing: missing.length, stale: stale.length, orphaned: orphaned.length },
      'copies of search documents differed',
    );
    await this.outbox.record(ids);
    return ids.length;
  }
}
