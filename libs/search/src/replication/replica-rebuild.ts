import { Injectable } from '@nestjs/common';
import { Database } from '@central-index/platform/database';
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { MeilisearchClient } from '../meilisearch/client';
import { documentColumns } from '../postgres/storage/document-columns';
import { buildingIndex, liveIndex, toMeilisearch } from '../meilisearch/document';
import { MeilisearchFailure } from '../meilisearch/failure';
import {
  dropIndex,
  makeIndex,
  generationMarkerOf,
  putGenerationMarker,
  succeed,
} from '../meilisearch/index-setup';
import { ReplicaStates } from './replica-state';
import type { SearchDocument } from '../engine/search-document';
import { SearchOutbox } from './search-outbox';

/** Tells the caller how many documents are in, of how many. */
export type BuildProgress = (loaded: number, of: number) => void;

const batchSize = 10_000;

/**
 * Fills a new index beside the one in use and lets the two change names. Only the writer may: while it builds, nothing
 * is sent to the index in use, so every change made meanwhile is still noted, and goes to the new one afterwards. What
 * is killed half way is taken up where it was.
 */
@Injectable()
export class ReplicaRebuild {
  constructor(
    private readonly database: Database,
    private readonly states: ReplicaStates,
    private readonly outbox: SearchOutbox,
  ) {}

  async run(client: MeilisearchClient, onProgress: BuildProgress): Promise<number> {
    const state = await this.states.open();
    // It was killed after the change of names: what is in use is what was built.
    if (state.building !== null && (await generationMarkerOf(client, liveIndex)) === state.building) {
      await this.takeIntoUse(state.building);
      return this.count();
    }
    const resumed =
      state.building !== null && (await generationMarkerOf(client, buildingIndex)) === state.building;
    const mark = (resumed && state.building) || randomUUID();
    if (!resumed) {
      await makeIndex(client, buildingIndex);
      await putGenerationMarker(client, buildingIndex, mark);
      await this.states.built(mark, '0');
    }
    await this.load(client, mark, resumed ? state.builtUpTo : '0', onProgress);
    await this.verify(client);
    await this.exchange(client, mark);
    await this.takeIntoUse(mark);
    await dropIndex(client, buildingIndex);
    return this.count();
  }

  // The next batch is read and sent while the last one is indexed; a batch counts once its task has succeeded. What is
  // new since it began is noted, and comes afterwards: who waited for its end would wait as long as people push.
  private async load(
    client: MeilisearchClient,
    mark: string,
    from: string,
    onProgress: BuildProgress,
  ): Promise<void> {
    const [of, end] = [await this.count(), await this.last()];
    let loaded = from === '0' ? 0 : await this.count(from);
    let indexing: { task: number; last: string; count: number } | undefined;
    for (let after: string | undefined = from; after !== undefined || indexing !== undefined;) {
      const documents: SearchDocument[] = after === undefined ? [] : await this.page(after, end);
      const last = documents.at(-1)?.id;
      const next =
        last === undefined
          ? undefined
          : {
              task: await client.put(buildingIndex, documents.map(toMeilisearch)),
              last,
              count: documents.length,
            };
      if (indexing) {
        await succeed(client, indexing.task);
        await this.states.built(mark, indexing.last);
        loaded += indexing.count;
        onProgress(loaded, of);
      }
      indexing = next;
      after = last;
    }
  }

  private page(after: string, end: string): Promise<SearchDocument[]> {
    return this.database.rows(
      `select ${documentColumns} from search_document document
       where repository_id > $1 and repository_id <= $2 and not private order by repository_id limit $3`,
      [after, end, batchSize],
    );
  }

  private async last(): Promise<string> {
    const [row] = await this.database.rows<{ last: string }>(
      'select coalesce(max(repository_id), 0) as last from search_document',
    );
    return row!.last;
  }

  // Changes since the start are noted and come later; by more than these the counts may not differ.
  private async verify(client: MeilisearchClient): Promise<void> {
    const { total } = await client.documents(buildingIndex, { limit: 1, fields: ['id'] });
    const [expected, { pending }] = [await this.count(), await this.outbox.state()];
    if (Math.abs(total - 1 - expected) > pending) throw new MeilisearchFailure('failing', 'incomplete');
  }

  // A key that is limited to indexes cannot see the task of a swap, so its outcome is read from the index itself.
  private async exchange(client: MeilisearchClient, mark: string): Promise<void> {
    if ((await generationMarkerOf(client, liveIndex)) === undefined)
      await succeed(client, await client.createIndex(liveIndex));
    await client.swap(liveIndex, buildingIndex);
    for (
      const deadline = performance.now() + 20_000;
      (await generationMarkerOf(client, liveIndex)) !== mark;
    ) {
      if (performance.now() > deadline) throw new MeilisearchFailure('timeout');
      await pause(20);
    }
  }

  private async takeIntoUse(mark: string): Promise<void> {
    await this.database.transaction(async (manager) => {
      await this.states.use(manager, mark);
      await this.outbox.resetTasks(manager);
    });
  }

  private async count(to?: string): Promise<number> {
    const [row] = await this.database.rows<{ count: number }>(
      `select count(*)::int as count from search_document
       where not private and ($1::bigint is null or repository_id <= $1::bigint)`,
      [to ?? null],
    );
    return row!.count;
  }
}
