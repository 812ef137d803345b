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
     updated_at = now()
   returning id`,
);
