import type { Database } from '@central-index/platform/database';
import { documentColumns } from '../postgres/storage/document-columns';
import type { SearchDocument } from '../engine/search-document';

/** Reads documents as they are shown, where another engine has told which: only the page is read, never what it was picked from. */
export class DocumentLoader {
  constructor(private readonly database: Database) {}

  /** Those of the ids and paths that exist and are public. */
  read(ids: readonly string[], paths: readonly string[]): Promise<SearchDocument[]> {
    const parts = paths.map((path) => path.split('/'));
    // Each path is looked up by itself: a plan for any number of them would read the whole table.
    return this.database.prepared<SearchDocument>(
      `select ${documentColumns} from search_document document where repository_id = any($1::bigint[]) and not private
       union all
       select ${documentColumns} from unnest($2::text[], $3::text[]) as asked(namespace, name)
       cross join lateral (
         select * from search_document one where one.namespace = asked.namespace and one.name = asked.name and not private
         limit 1) as document`,
      [ids, parts.map(([namespace]) => namespace), parts.map(([, name]) => name)],
    );
  }
}
