import { sql } from '@central-index/platform/database';
import type { SearchDocument } from '../engine/search-document';
import { documentColumns } from '../postgres/storage/document-columns';

/** A search document and its index terms. */
export interface StoredDocument extends SearchDocument {
  readonly terms: readonly string[];
}

/** Documents after the id $1 and up to $2 (null: to the end). */
export const selectDocumentsInRange = sql<StoredDocument>(
  `select ${documentColumns}, document.terms from search_document document
   where repository_id > $1 and ($2::bigint is null or repository_id <= $2::bigint)`,
);

/** $1: ids. */
export const selectDocumentsById = sql<StoredDocument>(
  `select ${documentColumns}, document.terms from search_document document where repository_id = any($1::bigint[])`,
);
