import { likePattern } from '@central-index/naming';
import type { Database } from '@central-index/platform/database';
import { documentColumns } from '../postgres/storage/document-columns';
import type { SearchDocument } from '../engine/search-document';
import type { Viewer } from '../engine/search-engine';

/** What the second engine must not be asked for, because it may hold it wrongly, and how it is now. */
export interface PendingSet {
  /** The mark of the index that holds everything else; null while there is none. */
  readonly generation: string | null;
  readonly ids: readonly string[];
  readonly documents: readonly SearchDocument[];
}

/** Beyond this many the PostgreSQL engine, which has them all, answers faster than a merge. */
export const maxPending = 1000;

// Shared by searches that come together, and a tenth of the second within which a change must be found.
const cacheTtlMs = 100;

type Row = SearchDocument & { noteId: string | null; generation: string | null };

/** Reads what only PostgreSQL knows: documents on their way to the second engine, and private ones, which never go. */
export class PendingDocuments {
  private kept: { readonly until: number; readonly answer: Promise<PendingSet | undefined> } | undefined;

  constructor(private readonly database: Database) {}

  /** Makes the next reader look anew. */
  invalidate(): void {
    this.kept = undefined;
  }

  /** Undefined when there are more than a merge is good for. */
  read(): Promise<PendingSet | undefined> {
    const now = performance.now();
    if (this.kept === undefined || this.kept.until < now) {
      const answer = this.query();
      this.kept = { until: now + cacheTtlMs, answer };
      answer.catch(() => this.invalidate());
    }
    return this.kept.answer;
  }

  /** Private documents that the viewer may see; undefined when there are too many. */
  async privateOf(viewer: Viewer): Promise<readonly SearchDocument[] | undefined> {
    if (viewer.namespaces.length === 0) return [];
    const rows = await this.database.rows<SearchDocument>(
      `select ${documentColumns} from search_document document
       where private and namespace = any($1::text[])
         and ($2::text[] is null or namespace || '/' || name like any($2::text[])) limit ${maxPending + 1}`,
      [viewer.namespaces, viewer.patterns?.map(likePattern) ?? null],
    );
    return rows.length > maxPending ? undefined : rows;
  }

  private async query(): Promise<PendingSet | undefined> {
    const rows = await this.database.rows<Row>(
      `select replica.generation, note.repository_id as "noteId", ${documentColumns}
       from search_replica replica
       left join lateral (select repository_id from search_outbox limit ${maxPending + 1}) note on true
       left join search_document document on document.repository_id = note.repository_id`,
    );
    if (rows.length > maxPending) return undefined;
    return {
      generation: rows[0]?.generation ?? null,
      ids: rows.flatMap(({ noteId }) => noteId ?? []),
      documents: rows
        .filter(({ id }) => id !== null)
        .map(({ noteId: _noteId, generation: _generation, ...document }) => document),
    };
  }
}
