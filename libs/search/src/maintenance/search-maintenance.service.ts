import { Injectable } from '@nestjs/common';
import { Database } from '@central-index/platform/database';
import type { Logger } from '@central-index/platform/logging';
import { DocumentCheck, type DocumentDifference } from './document-check';
import type { MirrorDifference } from '../replication/replica-check';
import type { BuildProgress } from '../replication/replica-rebuild';
import type { MeilisearchEngine } from '../meilisearch/meilisearch.engine';
import { PostgresListCheck, type ListDifference } from './posting-check';
import type { Packed, PostgresPacking } from './index-maintenance';
import type { SearchMirror } from '../replication/replica.service';
import { SearchOutbox } from '../replication/search-outbox';
import { SearchSync, type RebuildProgress } from './search-sync.service';

/** What a check found. `copy` is undefined where there is no second engine. */
export interface SearchDifference {
  readonly documents: DocumentDifference;
  /** What the PostgreSQL engine looks documents up in. */
  readonly lists: ListDifference;
  readonly copy: MirrorDifference | undefined;
  /** Documents that the second engine has yet to confirm: no drift. */
  readonly waiting: number;
}

/** What is measured of search. */
export interface SearchState {
  readonly engine: 'postgresql' | 'meilisearch';
  /** Why this process searches in PostgreSQL although there is a second engine; undefined when it does not. */
  readonly fallback: string | undefined;
  readonly waiting: number;
  readonly refused: number;
  readonly lag: number;
  readonly drift: number;
}

// Of a million documents a check takes a processor for a minute, which would be half of what two have for searches.
const restsUnawaited = 3;

/** Keeping search right, whichever engine answers: what operators do by hand, and a worker by the clock. */
@Injectable()
export class SearchUpkeep {
  constructor(
    private readonly database: Database,
    private readonly sync: SearchSync,
    private readonly documents: DocumentCheck,
    private readonly lists: PostgresListCheck,
    private readonly outbox: SearchOutbox,
    private readonly packing: PostgresPacking,
    private readonly logger: Logger,
    private readonly second: { engine: MeilisearchEngine; mirror: SearchMirror } | undefined,
  ) {}

  /** Keeps the second engine in step from now on, if there is one; the returned function stops. */
  start(): () => Promise<void> {
    return this.second?.mirror.start() ?? (() => Promise.resolve());
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
    await this.pack();
    return { ...done, copied: await this.second?.mirror.rebuild(onCopy) };
  }

  /** Compares everything; with `repair`, mends what differs. Where nobody waits for it, it leaves most time to others. */
  async check(repair: boolean, isAwaited = true): Promise<SearchDifference> {
    const rests = isAwaited ? 0 : restsUnawaited;
    // First, because a document cannot be written where a stray stands in its place of a list.
    const lists = await this.lists.run(repair, rests);
    const documents = await this.documents.run(rests);
    const wrong = [...documents.missing, ...documents.stale, ...documents.stray];
    if (repair) await this.sync.sync(wrong);
    if (repair && wrong.length + lists.missing + lists.stray + lists.misspelt > 0) {
      const { missing, stale, stray } = documents;
      const counts = { missing: missing.length, stale: stale.length, stray: stray.length };
      this.logger.error(
        { documents: counts, lists },
        'search documents or their lists differed, and were mended',
      );
    }
    const copy = await this.second?.mirror.check(repair);
    return { documents, lists, copy, waiting: (await this.outbox.state()).waiting };
  }

  /** Builds those indexes of the documents anew that take more space than they need. */
  pack(): Promise<Packed[]> {
    return this.packing.pack();
  }

  async state(): Promise<SearchState> {
    const outbox = await this.outbox.state();
    const [row] = await this.database.rows<{ drift: number }>(
      'select coalesce(max(drift), 0)::float8 as drift from search_mirror',
    );
    return {
      engine: this.second ? 'meilisearch' : 'postgresql',
      fallback: this.second?.engine.failing?.kind,
      ...outbox,
      drift: row!.drift,
    };
  }
}
