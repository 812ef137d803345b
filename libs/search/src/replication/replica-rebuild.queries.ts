import { sql } from '@central-index/platform/database';
import type { SearchDocument } from '../engine/search-document';
import { documentColumns } from '../postgres/storage/document-columns';

/** Public documents in the order of ids, after $1 and up to $2, $3 at most. */
export const selectPublicPage = sql<SearchDocument>(
  `select ${documentColumns} from search_document document
   where repository_id > $1 and repository_id <= $2 and not private order by repository_id limit $3`,
);

/** The highest id of all documents, 0 if there are none. */
export const selectLastId = sql<{ readonly last: string }>(
  'select coalesce(max(repository_id), 0) as last from search_document',
);

/** Counts public documents up to the id $1, or all of them if it is null. */
export const countPublicDocuments = sql<{ readonly count: number }>(
  `select count(*)::int as count from search_document
   where not private and ($1::bigint is null or repository_id <= $1::bigint)`,
);
