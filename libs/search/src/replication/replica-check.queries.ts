import { sql } from '@central-index/platform/database';
import type { SearchDocument } from '../engine/search-document';
import { documentColumns } from '../postgres/storage/document-columns';

// $1: ids, or null; $2: after this id; $3: up to this id, or null for no limit.
const inSlice = `($1::bigint[] is null or repository_id = any($1::bigint[])) and repository_id > $2
   and ($3::bigint is null or repository_id <= $3::bigint)`;

/** Ids of public documents after $1, $2 at most, each with the highest id of all documents. */
export const selectPublicIds = sql<{ readonly id: string; readonly last: string }>(
  `select repository_id as id, (select max(repository_id) from search_document) as last from search_document
   where repository_id > $1 and not private order by repository_id limit $2`,
);

/** Makes all statements of a transaction read the same snapshot. */
export const useOneSnapshot = sql('set transaction isolation level repeatable read, read only');

/** The public documents of a slice. */
export const selectDocuments = sql<SearchDocument>(
  `select ${documentColumns} from search_document document where not private and ${inSlice}`,
);

/** Ids of the pending documents of a slice. */
export const selectPendingIds = sql<{ readonly id: string }>(
  `select repository_id as id from search_outbox where ${inSlice}`,
);
