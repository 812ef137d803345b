import { sql } from '@central-index/platform/database';
import type { SearchDocument } from '../engine/search-document';
import { documentColumns } from '../postgres/storage/document-columns';
import { existsSql } from '../postgres/storage/existing-documents.queries';

/** With more pending documents than this, a search in PostgreSQL, which has them all, is faster than a merge. */
export const maxPending = 1000;

/** The columns of a document from an outer join that may find none. */
export type JoinedDocument = SearchDocument | Readonly<Record<keyof SearchDocument, null>>;

type PendingRow = JoinedDocument & {
  /** Null in the one row that is returned when nothing is pending. */
  readonly repositoryId: string | null;
  readonly generation: string | null;
};

/**
 * The generation in use and the documents that the replica has not confirmed, one more than `maxPending` at most. No
 * row without a replica; a deleted document has a repository id and no columns.
 */
export const selectPendingDocuments = sql<PendingRow>(
  `select replica.generation, pending.repository_id as "repositoryId", ${documentColumns}
   from search_replica replica
   left join lateral (select repository_id from search_outbox limit ${maxPending + 1}) pending on true
   left join search_document document on document.repository_id = pending.repository_id`,
);

/**
 * Private documents of the namespaces $1 whose path matches one of the LIKE patterns $2 (null: all), one more than
 * `maxPending` at most.
 */
export const selectPrivateDocuments = sql<SearchDocument>(
  `select ${documentColumns} from search_document document
   where private and namespace = any($1::text[]) and ${existsSql}
     and ($2::text[] is null or namespace || '/' || name like any($2::text[])) limit ${maxPending + 1}`,
);
