import { isMemberSql } from '@central-index/namespaces';
import { sql } from '@central-index/platform/database';
import { isReleasedSql } from '../repository/repository-facts.queries';
import type { RepositoryEntity } from '../repository/repository.entity';

/**
 * Places an official repository that is not placed yet. A push never creates one: only an administrator does.
 * $1: path; $2: registry; $3: path at the registry.
 */
export const placeOfficialRepository = sql(
  `update repository set registry_id = $2, registry_path = $3
    where path = $1 and registry_id is null and state in ('active', 'hidden')`,
);

/** The repository that a first push was placed with. */
export interface ClaimedRow extends Pick<RepositoryEntity, 'id'> {
  /** False if the row existed: a tombstone, or a repository without images. */
  readonly fresh: boolean;
}

/**
 * Places a name, unless it is placed, or the account is no member of the namespace any more: then no row is affected. Of
 * concurrent first pushes, the unique constraint on `path` lets one insert; the later statements find the row placed.
 * $1: namespace; $2: path; $3: name; $4: registry; $5: path at the registry; $6: account.
 */
export const claimPlacement = sql<ClaimedRow>(
  `insert into repository (namespace_id, path, name, state, visibility, registry_id, registry_path)
   select id, $2, $3, 'pending', default_visibility, $4, $5 from namespace where name = $1 and ${isMemberSql('$6')}
   on conflict (path) do update set registry_id = excluded.registry_id, registry_path = excluded.registry_path,
     state = case repository.state when 'deleted' then 'pending' else repository.state end
     where repository.registry_id is null or repository.state = 'deleted'
   returning id, xmax = 0 as fresh`,
);

/** $1: repository; $2: account. */
export const upsertPushGrant = sql(
  `insert into push_grant (repository_id, account_id) values ($1, $2)
   on conflict (repository_id, account_id) do update set granted_at = now()`,
);

const noRecentGrant = `
  not exists (select from push_grant
               where push_grant.repository_id = repository.id and granted_at > now() - interval '24 hours')`;

/** Deletes names that a push grant created a day ago or earlier, if no image arrived. */
export const deleteUnpushedNames = sql(
  `delete from repository
    where state = 'pending' and deleted_at is null and created_at < now() - interval '24 hours' and ${noRecentGrant}`,
);

/** Deletes the rows of names that were deleted before any image of them was seen, and whose registry is gone. */
export const deleteReleasedNames = sql(
  `delete from repository where ${isReleasedSql} and registry_id is null`,
);

/** Makes names tombstones again that a push grant revived, if no image arrived. */
export const restoreUnpushedTombstones = sql(
  `update repository set state = 'deleted', description = '', readme = ''
    where state = 'pending' and deleted_at is not null and ${noRecentGrant}`,
);

/** Removes the placement of repositories that were created without a push, if no image arrived. */
export const unplaceUnpushedRepositories = sql(
  `update repository set registry_id = null, registry_path = null
    where state in ('active', 'hidden') and registry_id is not null and pushed_at is null and ${noRecentGrant}
      and not exists (select from manifest where manifest.repository_id = repository.id)`,
);

const unplace = (condition: string, state: string): string =>
  `update repository set registry_id = null, registry_path = null, state = ${state}
    where registry_id = $1 and ${condition}`;

/** $1: registry. */
export const unplaceTombstones = sql(unplace(`state = 'deleted'`, 'state'));

/** Pending names that were tombstones are tombstones again. $1: registry. */
export const unplaceRevivedTombstones = sql(unplace(`state = 'pending'`, `'deleted'`));

/** Hides repositories with images. $1: registry. */
export const hideRepositoriesWithImages = sql<Pick<RepositoryEntity, 'id'>>(
  `${unplace('exists (select from manifest where repository_id = repository.id)', `'hidden'`)} returning id`,
);

/** $1: registry. */
export const unplaceAll = sql(unplace('true', 'state'));
