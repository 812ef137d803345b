import { Injectable } from '@nestjs/common';
import { likePattern } from '@central-index/naming';
import { Database } from '@central-index/platform/database';
import type { SearchDocument } from '../engine/search-document';
import type { Viewer } from '../engine/search-engine';
import { maxPending, selectPendingDocuments, selectPrivateDocuments } from './pending-documents.queries';

/** Documents that the replica may hold in an older version, as they are now. */
export interface PendingSet {
  /** Generation marker of the index in use; null while there is none. */
  readonly generation: string | null;
  readonly ids: readonly string[];
  /** Fewer than `ids` if some documents were deleted. */
  readonly documents: readonly SearchDocument[];
}

// Searches that arrive together share one read. A change must be found within a second; this uses a tenth of that.
const cacheTtlMs = 100;

interface CachedSet {
  readonly expiresAt: number;
  readonly set: Promise<PendingSet | undefined>;
}

/** Reads the documents that only PostgreSQL knows: changes that the replica has not confirmed, and private documents. */
@Injectable()
export class PendingDocuments {
  private cached: CachedSet | undefined;

  constructor(private readonly database: Database) {}

  /** Makes the next search read the database. */
  invalidate(): void {
    this.cached = undefined;
  }

  /** The pending documents, up to 100 ms old; undefined if there are more than 1,000. */
  read(): Promise<PendingSet | undefined> {
    const now = performance.now();
    if (this.cached === undefined || this.cached.expiresAt < now) {
      const set = this.select();
      this.cached = { expiresAt: now + cacheTtlMs, set };
      set.catch(() => this.invalidate());
    }
    return this.cached.set;
  }

  /** Private documents that the viewer may see; undefined if there are more than 1,000. */
  async privateOf({ namespaces, patterns }: Viewer): Promise<readonly SearchDocument[] | undefined> {
    if (namespaces.length === 0) return [];
    const likePatterns = patterns?.map(likePattern) ?? null;
    const documents = await this.database.query(selectPrivateDocuments, [namespaces, likePatterns]);
    return documents.length > maxPending ? undefined : documents;
  }

  private async select(): Promise<PendingSet | undefined> {
    const rows = await this.database.query(selectPendingDocuments);
    if (rows.length > maxPending) return undefined;
    return {
      generation: rows[0]?.generation ?? null,
      ids: rows.flatMap(({ repositoryId }) => repositoryId ?? []),
      documents: rows.flatMap(({ repositoryId: _id, generation: _generation, ...document }) =>
        document.id === null ? [] : [document],
      ),
    };
  }
}
