import { Database } from '@central-index/platform/database';
import { Injectable } from '@nestjs/common';
import { imageTextOf } from '../kinds/image-text';
import {
  selectRecentlyPulledAfter,
  selectSearchable,
  selectSearchableAfter,
  type SearchableRepository,
  type SearchableRow,
} from './searchable-repositories.queries';

/** Repositories as search reads them to build its documents. */
@Injectable()
export class SearchableRepositories {
  constructor(private readonly database: Database) {}

  /** An entry for each of the ids; undefined for those that search must not find. */
  async find(ids: readonly string[]): Promise<Map<string, SearchableRepository | undefined>> {
    const rows = await this.database.query(selectSearchable, [ids]);
    const byId = new Map(rows.map((row) => [row.id, toSearchable(row)]));
    return new Map(ids.map((id) => [id, byId.get(id)]));
  }

  /** All that search may find, in pages ordered by id. The first page is after '0'. */
  async listAfter(id: string, limit: number): Promise<SearchableRepository[]> {
    return (await this.database.query(selectSearchableAfter, [id, limit])).map(toSearchable);
  }

  /** The ids of those whose unique pulls still have weight, in pages ordered by id. The first page is after '0'. */
  async listRecentlyPulledAfter(after: string, limit: number): Promise<string[]> {
    const rows = await this.database.query(selectRecentlyPulledAfter, [after, limit]);
    return rows.map(({ id }) => id);
  }
}

function toSearchable({ imageLabels, ...row }: SearchableRow): SearchableRepository {
  return { ...row, imageText: imageTextOf(imageLabels) };
}
