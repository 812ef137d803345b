import { Injectable } from '@nestjs/common';
import { RepositoriesService, type SearchableRepository } from '@central-index/repositories';
import { SearchEngine } from '../engine/search-engine';
import { popularity } from '../ranking/weights';

/** How far a rebuild is. */
export interface RebuildProgress {
  readonly written: number;
  readonly removed: number;
}

type Truth = ReadonlyMap<string, SearchableRepository | undefined>;

const batchSize = 1000;

/** Keeps the search documents as the repositories are. Whatever runs twice, late or out of order ends the same. */
@Injectable()
export class SearchSync {
  constructor(
    private readonly engine: SearchEngine,
    private readonly repositories: RepositoriesService,
  ) {}

  /** Brings the documents of these repositories to what is true of them now: written, or taken out. */
  async sync(repositoryIds: readonly string[]): Promise<void> {
    const ids = [...new Set(repositoryIds)];
    for (let start = 0; start < ids.length; start += batchSize) {
      await this.syncBatch(ids.slice(start, start + batchSize));
    }
  }

  /**
   * Writes every document anew and takes out what should not be there. Search goes on meanwhile with what it has, and
   * changes made meanwhile are kept: each batch is a sync like any other. What is new at its end is left to the sync
   * that follows it, or a rebuild would go on as long as people push.
   */
  async rebuild(onProgress: (progress: RebuildProgress) => void = () => undefined): Promise<RebuildProgress> {
    let progress = { written: 0, removed: 0 };
    const advance = (written: number, removed: number): void => {
      progress = { written: progress.written + written, removed: progress.removed + removed };
      onProgress(progress);
    };
    for (let after: string | undefined = '0'; after !== undefined;) {
      const found = await this.repositories.searchableAfter(after, batchSize);
      await this.syncBatch(found.map(({ id }) => id));
      advance(found.length, 0);
      after = found.length < batchSize ? undefined : found.at(-1)!.id;
    }
    for (let after: string | undefined = '0'; after !== undefined;) {
      const ids = await this.engine.ids(after, batchSize);
      const truth = await this.repositories.searchable(ids);
      const orphans = ids.filter((id) => truth.get(id) === undefined);
      await this.syncBatch(orphans);
      advance(0, orphans.length);
      after = ids.length < batchSize ? undefined : ids.at(-1);
    }
    return progress;
  }

  /** Lets popularity sink where unique pulls lie back; what differs by less than a step of it is left as it is. */
  async decay(): Promise<void> {
    for (let after: string | undefined = '0'; after !== undefined;) {
      const ids: string[] = await this.repositories.recentlyPulledAfter(after, batchSize);
      await this.syncBatch(ids);
      after = ids.at(-1);
    }
  }

  // Two jobs for one repository may run at once, and the one that read first may write last. So each looks again
  // after it wrote: the last writer always sees the truth that stands, and leaves it behind.
  private async syncBatch(ids: readonly string[]): Promise<void> {
    let pending = ids;
    let truth = await this.repositories.searchable(pending);
    while (pending.length > 0) {
      await this.write(pending, truth);
      const now = await this.repositories.searchable(pending);
      pending = pending.filter((id) => now.get(id)?.version !== truth.get(id)?.version);
      truth = now;
    }
  }

  private async write(ids: readonly string[], truth: Truth): Promise<void> {
    const found = ids.flatMap((id) => truth.get(id) ?? []);
    await this.engine.put(
      found.map(({ uniquePulls: uniquePulls, ...facts }) => ({
        ...facts,
        popularity: popularity({ ...facts, uniquePulls }),
      })),
    );
    await this.engine.remove(ids.filter((id) => truth.get(id) === undefined));
  }
}
