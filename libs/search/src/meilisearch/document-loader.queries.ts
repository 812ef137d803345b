import { preparedSql } from '@central-index/platform/database';
import type { SearchDocument } from '../engine/search-document';
import { documentColumns } from '../postgres/storage/document-columns';

/**
 * Public documents by id ($1) and by path ($2: namespaces, $3: names). Each path is looked up separately: the generic
 * plan for a join with an array of unknown length would read the whole table.
 */
export const selectPublicDocuments = preparedSql<SearchDocument>(
  `select ${documentColumns} from search_document document where repository_id = any($1::bigint[]) and not private
   union all
   select ${documentColumns} from unnest($2::text[], $3::text[]) as requested(namespace, name)
   cross join lateral (
     select * from search_document one
     where one.namespace = requested.namespace and one.name = requested.name and not private
     limit 1) as document`,
);
