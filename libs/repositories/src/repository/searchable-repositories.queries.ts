import { preparedSql, sql } from '@central-index/platform/database';
import type { RepositoryEntity } from './repository.entity';
import type { ImageKind } from '../kinds/image-kind';
import { uniquePullsNow } from './unique-pull-weight.queries';

/** What a search document is made of. */
export interface SearchableRepository {
  readonly id: string;
  readonly namespace: string;
  readonly name: string;
  readonly official: boolean;
  readonly automated: boolean;
  readonly private: boolean;
  /** Kinds of what can be pulled; empty when unknown. */
  readonly kinds: readonly ImageKind[];
  /** What its versions run on, as `linux/arm64`; empty when unknown. */
  readonly platforms: readonly string[];
  readonly description: string;
  /** What the newest image says of itself, as a text to be searched. */
  readonly imageText: string;
  readonly stars: number;
  readonly pulls: number;
  /** Present weight of its unique pulls, which halves in 90 days; imported pulls count in full. */
  readonly uniquePulls: number;
  readonly updatedAt: Date;
  /** The last reported push; null when none is known. */
  readonly pushedAt: Date | null;
  /** Incremented by every change of the row. */
  readonly version: number;
}

/** A row with the labels that `imageText` is made of. */
export type SearchableRow = Omit<SearchableRepository, 'imageText'> & {
  readonly imageLabels: Readonly<Record<string, string>>;
};

const searchableColumns = `
  repository.id, namespace.name as namespace, repository.name, repository.official, repository.automated,
  repository.visibility = 'private' as private, coalesce(repository.kinds, '{}') as kinds,
  repository.platforms, repository.description,
  coalesce(repository.image_labels, '{}') as "imageLabels", repository.stars::float8 + repository.imported_stars as stars,
  repository.pulls::float8 + repository.imported_pulls as pulls,
  ${uniquePullsNow} + repository.imported_pulls as "uniquePulls",
  repository.updated_at as "updatedAt", repository.pushed_at as "pushedAt", repository.version::float8 as version`;

/**
 * SQL condition: the repository has something to pull, or was imported. Texts alone do not make it searchable, and neither
 * do signatures and other statements about images. Where the kinds are unknown, `pushed_at` decides.
 */
export const isSearchableSql = `repository.state = 'active' and (repository.imported
  or case when repository.kinds is null then repository.pushed_at is not null else repository.kinds <> '{}' end)`;

/** $1: ids. */
export const selectSearchable = preparedSql<SearchableRow>(
  `select ${searchableColumns} from repository join namespace on namespace.id = namespace_id
    where repository.id = any($1::bigint[]) and ${isSearchableSql}`,
);

/** By id. $1: last id of the page before; $2: limit. */
export const selectSearchableAfter = sql<SearchableRow>(
  `select ${searchableColumns} from repository join namespace on namespace.id = namespace_id
    where repository.id > $1 and ${isSearchableSql} order by repository.id limit $2`,
);

/** Those whose unique pulls still have weight, by id. $1: last id of the page before; $2: limit. */
export const selectRecentlyPulledAfter = sql<Pick<RepositoryEntity, 'id'>>(
  `select id from repository where id > $1 and unique_pulls > 0 and ${uniquePullsNow} > 0.001 order by id limit $2`,
);
