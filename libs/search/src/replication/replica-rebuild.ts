import { Injectable } from '@nestjs/common';
import { Database } from '@central-index/platform/database';
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { SearchDocument } from '../engine/search-document';
import type { MeilisearchClient } from '../meilisearch/client';
import { buildingIndex, liveIndex, toMeilisearch } from '../meilisearch/document';
import { MeilisearchFailure } from '../meilisearch/failure';
import {
  deleteIndex,
  generationMarkerOf,
  putGenerationMarker,
  recreateIndex,
  waitForTask,
} from '../meilisearch/index-setup';
import { countPublicDocuments, selectLastId, selectPublicPage } from './replica-rebuild.queries';
import { ReplicaStates } from './replica-state';
import { SearchOutbox } from './search-outbox';

/** Is called with the number of documents that the new index holds, and the number that it will hold. */
export type BuildProgress = (loaded: number, total: number) => void;

interface Batch {
  readonly task: number;
  readonly lastId: string;
  readonly count: number;
}

const batchSize = 10_000;
const swapTimeoutMs = 20_000;

/**
 * Fills a new index beside the one in use, then exchanges their names. Only the holder of the writer lock may run it:
 * meanwhile nothing else is sent, so changes stay in the outbox and are sent to the new index afterwards. A rebuild that
 * was killed is continued.
 */
@Injectable()
export class ReplicaRebuild {
  constructor(
    private readonly database: Database,
    private readonly states: ReplicaStates,
    private readonly outbox: SearchOutbox,
  ) {}

  /** Returns the number of public documents. */
  async run(client: MeilisearchClient, onProgress: BuildProgress): Promise<number> {
    const { building, builtUpTo } = await this.states.open();
    // Killed after the exchange of names: the index in use is the one that was built.
    if (building !== null && (await generationMarkerOf(client, liveIndex)) === building) {
      await this.activate(building);
      return this.count();
    }
    if (building !== null && (await generationMarkerOf(client, buildingIndex)) === building) {
      return this.fill(client, building, builtUpTo, onProgress);
    }
    const generation = randomUUID();
    await recreateIndex(client, buildingIndex);
    await putGenerationMarker(client, buildingIndex, generation);
    await this.states.recordBuilt(generation, '0');
    return this.fill(client, generation, '0', onProgress);
  }

  private async fill(
    client: MeilisearchClient,
    generation: string,
    after: string,
    onProgress: BuildProgress,
  ): Promise<number> {
    await this.load(client, generation, after, onProgress);
    await this.verify(client);
    await this.swap(client, generation);
    await this.activate(generation);
    await deleteIndex(client, buildingIndex);
    return this.count();
  }

  // The next batch is read and sent while the last one is indexed; a batch is recorded once its task has succeeded.
  // Documents created since the start are left to the outbox, or a rebuild could not end while repositories are created.
  private async load(
    client: MeilisearchClient,
    generation: string,
    from: string,
    onProgress: BuildProgress,
  ): Promise<void> {
    const total = await this.count();
    const { last } = (await this.database.queryOne(selectLastId))!;
    let loaded = from === '0' ? 0 : await this.count(from);
    let indexing: Batch | undefined;
    for (let after: string | undefined = from; after !== undefined || indexing !== undefined;) {
      const next: Batch | undefined =
        after === undefined ? undefined : await this.sendBatch(client, after, last);
      if (indexing) {
        await waitForTask(client, indexing.task);
        await this.states.recordBuilt(generation, indexing.lastId);
        loaded += indexing.count;
        onProgress(loaded, total);
      }
      indexing = next;
      after = next?.lastId;
    }
  }

  private async sendBatch(
    client: MeilisearchClient,
    after: string,
    upTo: string,
  ): Promise<Batch | undefined> {
    const values = [after, upTo, batchSize];
    const documents: SearchDocument[] = await this.database.query(selectPublicPage, values);
    const lastId = documents.at(-1)?.id;
    if (lastId === undefined) return undefined;
    const task = await client.put(buildingIndex, documents.map(toMeilisearch));
    return { task, lastId, count: documents.length };
  }

  // Changes since the start are in the outbox, so the counts may differ by their number at most.
  private async verify(client: MeilisearchClient): Promise<void> {
    const { total } = await client.documents(buildingIndex, { limit: 1, fields: ['id'] });
    const [expected, { pending }] = [await this.count(), await this.outbox.state()];
    const withoutMarker = total - 1;
    if (Math.abs(withoutMarker - expected) > pending) throw new MeilisearchFailure('failing', 'incomplete');
  }

  // A key that is limited to some indexes may not read the task of a swap, so its outcome is read from the index.
  private async swap(client: MeilisearchClient, generation: string): Promise<void> {
    if ((await generationMarkerOf(client, liveIndex)) === undefined) {
      await waitForTask(client, await client.createIndex(liveIndex));
    }
    await client.swap(liveIndex, buildingIndex);
    const timeout = AbortSignal.timeout(swapTimeoutMs);
    while ((await generationMarkerOf(client, liveIndex)) !== generation) {
      if (timeout.aborted) throw new MeilisearchFailure('timeout');
      await pause(20);
    }
  }

  private async activate(generation: string): Promise<void> {
    await this.database.transaction(async (manager) => {
      await this.states.activate(manager, generation);
      await this.outbox.releaseAll(manager);
    });
  }

  private async count(upTo?: string): Promise<number> {
    return (await this.database.queryOne(countPublicDocuments, [upTo ?? null]))!.count;
  }
}
