import { Inject, Injectable } from '@nestjs/common';
import { LOGGER, summarizeError, type Logger } from '@central-index/platform/logging';
import { setTimeout as pause } from 'node:timers/promises';
import type { MeilisearchClient } from '../meilisearch/client';
import { WriteConnection } from '../meilisearch/connection';
import { liveIndex } from '../meilisearch/document';
import { MeilisearchFailure } from '../meilisearch/failure';
import { generationMarkerOf, hasRightSettings } from '../meilisearch/index-setup';
import { Replica } from './replica';
import { ReplicaCheck, type ReplicaDifference, type SliceResult } from './replica-check';
import { ReplicaRebuild, type BuildProgress } from './replica-rebuild';
import { ReplicaStates } from './replica-state';
import { ReplicaThrottle } from './replica-throttle';
import { ReplicaWriter } from './replica-writer';
import type { SearchReplicaEntity } from './search-replica.entity';

const roundIntervalMs = 1_000;
const maxRetryDelayMs = 5_000;
const sliceSize = 4_000;

// Older versions lack features that are used, and later ones may behave differently.
const testedVersions = /^1\.(5\d)\./;

/** Keeps the replica in Meilisearch like the public documents in PostgreSQL. One process at a time writes to it. */
@Injectable()
export class MeilisearchReplica extends Replica {
  private hasCheckedSettings = false;
  private lastError: string | undefined;

  constructor(
    private readonly connection: WriteConnection,
    private readonly states: ReplicaStates,
    private readonly writer: ReplicaWriter,
    private readonly rebuilder: ReplicaRebuild,
    private readonly checker: ReplicaCheck,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    super();
  }

  /** Runs a round per second. It sends fewer batches where Meilisearch takes long to index them. */
  start(): () => Promise<void> {
    const stopping = new AbortController();
    const running = this.run(new ReplicaThrottle(), stopping.signal);
    return async () => {
      stopping.abort();
      await running;
    };
  }

  /**
   * Fills the index if it has to be filled, records the outcome of tasks, and sends a batch of documents or else compares
   * a slice of the replica. Does nothing while another process is the writer. Without a throttle it does not wait.
   */
  async round(throttle?: ReplicaThrottle): Promise<void> {
    await this.states.withWriterLock(
      async () => {
        const state = await this.states.open();
        const client = await this.connection.client();
        if (await this.needsRebuild(client, state)) {
          this.logger.info('filling the search index of Meilisearch');
          const documents = await this.rebuilder.run(client, () => undefined);
          this.logger.info({ documents }, 'filled the search index of Meilisearch');
        }
        const isBusy = await this.writer.settle(client, throttle);
        const mayIndex = throttle === undefined || (throttle.mayIndex && !isBusy);
        const sent = await this.writer.send(client, mayIndex);
        const mayCompare = throttle === undefined || throttle.mayCompare;
        if (sent === 0 && mayCompare) await this.checkNextSlice(client, throttle);
      },
      { wait: false },
    );
  }

  /** Waits until another writer has ended its round. */
  async rebuild(onProgress: BuildProgress = () => undefined): Promise<number> {
    const documents = await this.states.withWriterLock(
      async () => this.rebuilder.run(await this.connection.client(), onProgress),
      { wait: true },
    );
    return documents ?? 0;
  }

  /** Throws MeilisearchFailure if the index does not exist or was not filled by this product. */
  async check(repair: boolean): Promise<ReplicaDifference> {
    const { generation } = await this.states.open();
    const client = await this.connection.client();
    // Read before the comparison, so that a server that cannot be reached is reported as such.
    const marker = await generationMarkerOf(client, liveIndex);
    if (marker === undefined) throw new MeilisearchFailure('indexMissing');
    if (marker !== generation) throw new MeilisearchFailure('notOurIndex');
    const differences: ReplicaDifference[] = [];
    for (let after: string | undefined = '0'; after !== undefined;) {
      const { difference, to }: SliceResult = await this.checker.slice(client, after, sliceSize);
      differences.push(difference);
      if (repair) await this.checker.repair(difference);
      after = to;
    }
    return {
      missing: differences.flatMap(({ missing }) => missing),
      stale: differences.flatMap(({ stale }) => stale),
      orphaned: differences.flatMap(({ orphaned }) => orphaned),
    };
  }

  private async run(throttle: ReplicaThrottle, stopping: AbortSignal): Promise<void> {
    for (let delayMs = roundIntervalMs; !stopping.aborted;) {
      try {
        await this.round(throttle);
        if (this.lastError !== undefined) this.logger.info('sending search documents to Meilisearch again');
        this.lastError = undefined;
        delayMs = roundIntervalMs;
      } catch (error) {
        this.recordError(error);
        delayMs = Math.min(delayMs * 1.5, maxRetryDelayMs);
      }
      await pause(delayMs, undefined, { signal: stopping }).catch(() => undefined);
    }
  }

  private recordError(error: unknown): void {
    this.connection.invalidate();
    this.hasCheckedSettings = false;
    const message = error instanceof MeilisearchFailure ? error.message : summarizeError(error);
    if (message !== this.lastError) {
      this.logger.error({ err: error }, `search documents are not sent: ${message}`);
    }
    this.lastError = message;
  }

  // Settings are compared at the start and after each failure, because another server may run at the address by then.
  private async needsRebuild(client: MeilisearchClient, state: SearchReplicaEntity): Promise<boolean> {
    if (state.generation === null || state.building !== null) return true;
    if ((await generationMarkerOf(client, liveIndex)) !== state.generation) return true;
    if (this.hasCheckedSettings) return false;
    const version = await client.version();
    if (version !== undefined && !testedVersions.test(version)) {
      this.logger.warn({ version }, 'this version of Meilisearch is not tested with this product');
    }
    this.hasCheckedSettings = await hasRightSettings(client);
    return !this.hasCheckedSettings;
  }

  private async checkNextSlice(client: MeilisearchClient, throttle?: ReplicaThrottle): Promise<void> {
    const startedAt = performance.now();
    const { checkedUpTo } = await this.states.open();
    const { difference, to, part } = await this.checker.slice(client, checkedUpTo, sliceSize);
    await this.states.recordChecked(to ?? '0', await this.checker.repair(difference));
    throttle?.recordComparison(part, performance.now() - startedAt);
  }
}
