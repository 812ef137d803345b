import { sql } from '@central-index/platform/database';
import type { RepositoryEntity } from './repository.entity';
import { isSearchableSql } from './searchable-repositories.queries';

/**
 * Paths that the caller may see, in order. $1: last path of the page before; $2: namespaces whose private repositories
 * the caller may see; $3: `like` patterns that limit those, or null; $4: limit.
 */
export const selectCatalog = sql<Pick<RepositoryEntity, 'path'>>(
  `select path from repository join namespace on namespace.id = namespace_id
    where path > $1 and ${isSearchableSql} and (visibility = 'public'
        or namespace.name = any($2::text[]) and ($3::text[] is null or path like any($3::text[])))
    order by path limit $4`,
);
