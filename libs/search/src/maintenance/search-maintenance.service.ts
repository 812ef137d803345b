import { Injectable } from '@nestjs/common';
import { Database } from '@central-index/platform/database';
import type { Logger } from '@central-index/platform/logging';
import { DocumentCheck, type DocumentDifference } from './document-check';
import type { ReplicaDifference } from '../replication/replica-check';
import type { BuildProgress } from '../replication/replica-rebuild';
import type { MeilisearchEngine } from '../meilisearch/meilisearch.engine';
import { PostingCheck, type PostingDifference } from './posting-check';
import type { ReindexedIndex, IndexMaintenance } from './index-maintenance';
import type { SearchReplica } from '../replication/replica.service';
import { SearchOutbox } from '../replication/search-outbox';
import { SearchSync, type RebuildProgress } from './search-sync.service';

/** What a check found. `copy` is undefined where there is no second engine. */
export interface SearchDifference {
  readonly documents: DocumentDifference;
  /** What the PostgreSQL engine looks documents up in. */
  readonly lists: PostingDifference;
  readonly replica: ReplicaDifference | undefined;
  /** Documents that the second engine has yet to confirm: no drift. */
  readonly pending: number;
}

/** What is measured of search. */
export interface SearchState {
  readonly engine: 'postgresql' | 'meilisearch';
  /** Why this process searches in PostgreSQL although there is a second engine; undefined when it does not. */
  readonly fallback: string | undefined;
  readonly pending: number;
  readonly rejected: number;
  readonly lag: number;
  readonly drift: number;
}

// Of a million documents a check takes a processor for a minute, which would be half of what two have for searches.
const idleFactorUnawaited = 3;

/** Keeping search right, whichever engine answers: what operators do by hand, and a worker by the clock. */
@Injectable()
export class SearchMaintenance {
  constructor(
    private readonly database: Database,
    private readonly sync: SearchSync,
    private readonly documents: DocumentCheck,
    private readonly lists: PostingCheck,
    private readonly outbox: SearchOutbox,
    private readonly packing: IndexMaintenance,
    private readonly logger: Logger,
    private readonly second: { engine: MeilisearchEngine; replica: SearchReplica } | undefined,
  ) {}

  /** Keeps the second engine in step from now on, if there is one; the returned function stops. */
  start(): () => Promise<void> {
    return this.second?.replica.start() ?? (() => Promise.resolve());
  }

  /**
   * Writes all documents anew and packs their indexes, then fills the second engine anew, if there is one. Search goes on
   * meanwhile.
   */
  async rebuild(
    onDocuments: (progress: RebuildProgress) => void,
    onCopy: BuildProgress,
  ): Promise<RebuildProgress & { copied: number | undefined }> {
    const done = await this.sync.rebuild(onDocuments);
    await this.reindex();
    return { ...done, copied: await this.second?.replica.rebuild(onCopy) };
  }

  /** Compares everything; with `repair`, mends what differs. Where nobody waits for it, it leaves most time to others. */
  async check(repair: boolean, isAwaited = true): Promise<SearchDifference> {
    const rests = isAwaited ? 0 : idleFactorUnawaited;
    // First, because a document cannot be written where a orphaned stands in its rank key of a list.
    const lists = await this.lists.run(repair, rests);
    const documents = await this.documents.run(rests);
    const wrong = [...documents.missing, ...documents.stale, ...documents.orphaned];
    if (repair) await this.sync.sync(wrong);
    if (repair && wrong.length + lists.missing + lists.orphaned + lists.misspelt > 0) {
      const { missing, stale, orphaned } = documents;
      const counts = { missing: missing.length, stale: stale.length, orphaned: orphaned.length };
      this.logger.error(
        { documents: counts, lists },
        'search documents or their lists differed, and were mended',
      );
    }
    const copy = await this.second?.replica.check(repair);
    return { documents, lists, replica: copy, pending: (await this.outbox.state()).pending };
  }

  /** Builds those indexes of the documents anew that take more space than they need. */
  reindex(): Promise<ReindexedIndex[]> {
    return this.packing.reindex();
  }

  async state(): Promise<SearchState> {
    const outbox = await this.outbox.state();
    const [row] = await this.database.rows<{ drift: number }>(
      'select coalesce(max(drift), 0)::float8 as drift from search_replica',
    );
    return {
      engine: this.second ? 'meilisearch' : 'postgresql',
      fallback: this.second?.engine.failing?.kind,
      ...outbox,
      drift: row!.drift,
    };
  }
}
