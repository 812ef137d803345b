import { Injectable } from '@nestjs/common';
import { Database } from '@central-index/platform/database';
import {
  dropIndex,
  rebuildIndex,
  selectBloatedIndexes,
  selectIndexSize,
  selectLeftIndexes,
} from './index-maintenance.queries';

/** An index that was rebuilt, and its sizes in bytes. */
export interface ReindexedIndex {
  readonly index: string;
  readonly before: number;
  readonly after: number;
}

// Rows are inserted in random order of the keys, so the pages of their indexes split until they are at most 75 % full.
const tables = ['search_posting', 'search_document'];
// Size of an index relative to the size that its rows require; a new index has 1.
const maxBloatRatio = 1.2;
// Smaller indexes are left alone: rebuilding them would save too little.
const minIndexBytes = 16_000_000;

/** Keeps the indexes of search documents and postings about as small as their rows allow. */
@Injectable()
export class IndexMaintenance {
  constructor(private readonly database: Database) {}

  /**
   * Rebuilds the bloated indexes of at least `minBytes`. Searches and changes continue meanwhile. What an interrupted run
   * has left is dropped by the next one.
   */
  async reindex(minBytes = minIndexBytes): Promise<ReindexedIndex[]> {
    const rebuilt: ReindexedIndex[] = [];
    await this.dropLeftIndexes();
    const bloated = await this.database.query(selectBloatedIndexes, [tables, minBytes, maxBloatRatio]);
    for (const { index, size } of bloated) {
      await this.database.runMaintenance(rebuildIndex(index));
      rebuilt.push({ index, before: size, after: await this.sizeOf(index) });
    }
    return rebuilt;
  }

  private async sizeOf(index: string): Promise<number> {
    return (await this.database.queryOne(selectIndexSize, [index]))!.size;
  }

  // They cost each change time and are used by no search.
  private async dropLeftIndexes(): Promise<void> {
    for (const { index } of await this.database.query(selectLeftIndexes, [tables])) {
      await this.database.runMaintenance(dropIndex(index));
    }
  }
}
