import { Injectable } from '@nestjs/common';
import { SearchableRepositories, type SearchableRepository } from '@central-index/repositories';
import { SearchEngine } from '../engine/search-engine';
import { popularity } from '../ranking/weights';

/** Progress of a rebuild: numbers of documents. */
export interface RebuildProgress {
  readonly written: number;
  readonly removed: number;
}

type Repositories = ReadonlyMap<string, SearchableRepository | undefined>;

const batchSize = 1000;

/** Keeps search documents up to date with repositories. Runs that are repeated, late or out of order do no harm. */
@Injectable()
export class SearchSync {
  constructor(
    private readonly engine: SearchEngine,
    private readonly repositories: SearchableRepositories,
  ) {}

  /** Writes the documents of these repositories as they are now, and removes those that search must not find. */
  async sync(repositoryIds: readonly string[]): Promise<void> {
    const ids = [...new Set(repositoryIds)];
    for (let start = 0; start < ids.length; start += batchSize) {
      await this.syncBatch(ids.slice(start, start + batchSize));
    }
  }

  /**
   * Writes all documents again and removes orphaned ones. Meanwhile searches and changes continue, because each batch is
   * an ordinary sync. Repositories that are created after its last batch was read are left to the sync of their own
   * change: a rebuild that waited for them would not end while clients push.
   */
  async rebuild(onProgress: (progress: RebuildProgress) => void = () => undefined): Promise<RebuildProgress> {
    let progress = { written: 0, removed: 0 };
    const advance = (written: number, removed: number): void => {
      progress = { written: progress.written + written, removed: progress.removed + removed };
      onProgress(progress);
    };
    for (let after: string | undefined = '0'; after !== undefined;) {
      const batch = await this.repositories.listAfter(after, batchSize);
      await this.syncBatch(batch.map(({ id }) => id));
      advance(batch.length, 0);
      after = batch.length < batchSize ? undefined : batch.at(-1)!.id;
    }
    for (let after: string | undefined = '0'; after !== undefined;) {
      const ids = await this.engine.ids(after, batchSize);
      const repositories = await this.repositories.find(ids);
      const orphaned = ids.filter((id) => repositories.get(id) === undefined);
      await this.syncBatch(orphaned);
      advance(0, orphaned.length);
      after = ids.length < batchSize ? undefined : ids.at(-1);
    }
    return progress;
  }

  /** Updates popularity where unique pulls have decayed; documents that change by less than one step are not written. */
  async decay(): Promise<void> {
    for (let after: string | undefined = '0'; after !== undefined;) {
      const ids: string[] = await this.repositories.listRecentlyPulledAfter(after, batchSize);
      await this.syncBatch(ids);
      after = ids.at(-1);
    }
  }

  // Two jobs for one repository may run at the same time, and the one that read first may write last. Each therefore
  // reads again after it has written, and writes again what has changed: the last writer writes the current version.
  private async syncBatch(ids: readonly string[]): Promise<void> {
    let pending = ids;
    let written = await this.repositories.find(pending);
    while (pending.length > 0) {
      await this.write(pending, written);
      const current = await this.repositories.find(pending);
      pending = pending.filter((id) => current.get(id)?.version !== written.get(id)?.version);
      written = current;
    }
  }

  private async write(ids: readonly string[], repositories: Repositories): Promise<void> {
    const searchable = ids.flatMap((id) => repositories.get(id) ?? []);
    await this.engine.put(
      searchable.map(({ uniquePulls, ...facts }) => ({
        ...facts,
        popularity: popularity({ ...facts, uniquePulls }),
      })),
    );
    await this.engine.remove(ids.filter((id) => repositories.get(id) === undefined));
  }
}
