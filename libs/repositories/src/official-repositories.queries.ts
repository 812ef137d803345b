import { sql } from '@central-index/platform/database';
import type { RepositoryEntity } from './repository/repository.entity';

/**
 * Inserts an official repository, or changes the description of one. A tombstone becomes active again and loses its
 * placement, because its images are deleted. $1: path; $2: name; $3: description, or null to keep it.
 */
export const upsertOfficialRepository = sql<Pick<RepositoryEntity, 'id'>>(
  `insert into repository (namespace_id, path, name, state, official, description)
   select id, $1, $2, 'active', true, coalesce($3, '') from namespace where name = 'library'
   on conflict (path) do update set state = case repository.state when 'hidden' then 'hidden' else 'active' end,
     description = coalesce($3, repository.description),
     registry_id = case repository.state when 'deleted' then null else repository.registry_id end,
     registry_path = case repository.state when 'deleted' then null else repository.registry_path end,
     updated_at = case repository.state when 'deleted' then now() else repository.updated_at end
   returning id`,
);

/** An official repository in a list. */
export interface OfficialRow extends Pick<
  RepositoryEntity,
  'name' | 'description' | 'state' | 'visibility' | 'createdAt' | 'pushedAt'
> {
  /** Name of the registry; null before the first push. */
  readonly registry: string | null;
  readonly stars: number;
  readonly pulls: number;
}

/** Official repositories by name, without removed ones. $1: last name of the page before; $2: limit. */
export const selectOfficialRepositories = sql<OfficialRow>(
  `select repository.name, repository.description, repository.state, repository.visibility,
     repository.created_at as "createdAt", repository.pushed_at as "pushedAt", registry.name as registry,
     repository.stars + repository.imported_stars as stars,
     repository.pulls::float8 + repository.imported_pulls as pulls
   from repository left join registry on registry.id = repository.registry_id
   where repository.namespace_id = (select id from namespace where name = 'library') and repository.official
     and repository.state <> 'deleted' and repository.name > $1
   order by repository.name limit $2`,
);
