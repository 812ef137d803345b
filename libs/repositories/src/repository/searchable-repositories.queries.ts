import { preparedSql, sql } from '@central-index/platform/database';
import type { RepositoryEntity } from './repository.entity';
import { uniquePullsNow } from './unique-pull-weight.queries';

/** What a search document is made of. */
export interface SearchableRepository {
  readonly id: string;
  readonly namespace: string;
  readonly name: string;
  readonly official: boolean;
  readonly automated: boolean;
  readonly private: boolean;
  readonly description: string;
  readonly stars: number;
  readonly pulls: number;
  /** Present weight of its unique pulls, which halves in 90 days; imported pulls count in full. */
  readonly uniquePulls: number;
  readonly updatedAt: Date;
  /** Incremented by every change of the row. */
  readonly version: number;
}

const searchableColumns = `
  repository.id, namespace.name as namespace, repository.name, repository.official, repository.automated,
  repository.visibility = 'private' as private, repository.description,
  repository.stars::float8 + repository.imported_stars as stars,
  repository.pulls::float8 + repository.imported_pulls as pulls,
  ${uniquePullsNow} + repository.imported_pulls as "uniquePulls",
  repository.updated_at as "updatedAt", repository.version::float8 as version`;

/** SQL condition: an image was pushed to the repository or imported with it. Texts alone do not make it searchable. */
export const isSearchableSql = `repository.state = 'active' and (repository.pushed_at is not null or repository.imported)`;

/** $1: ids. */
export const selectSearchable = preparedSql<SearchableRepository>(
  `select ${searchableColumns} from repository join namespace on namespace.id = namespace_id
    where repository.id = any($1::bigint[]) and ${isSearchableSql}`,
);

/** By id. $1: last id of the page before; $2: limit. */
export const selectSearchableAfter = sql<SearchableRepository>(
  `select ${searchableColumns} from repository join namespace on namespace.id = namespace_id
    where repository.id > $1 and ${isSearchableSql} order by repository.id limit $2`,
);

/** Those whose unique pulls still have weight, by id. $1: last id of the page before; $2: limit. */
export const selectRecentlyPulledAfter = sql<Pick<RepositoryEntity, 'id'>>(
  `select id from repository where id > $1 and unique_pulls > 0 and ${uniquePullsNow} > 0.001 order by id limit $2`,
);
