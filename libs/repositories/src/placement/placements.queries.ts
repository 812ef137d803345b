import { isMemberSql } from '@central-index/namespaces';
import { sql } from '@central-index/platform/database';
import { heldSecondsSql, isPlacedWithoutImagesSql } from '../repository/push-grants.queries';
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

/**
 * Locks a placed repository, so that its placement and the tokens given for it do not change until the transaction ends.
 * $1: path.
 */
export const lockPlaced = sql(
  `select from repository where path = $1 and registry_id is not null for no key update`,
);

/**
 * Places a repository without images again, once no token for a push to its former registry is valid. Run it after
 * `lockPlaced`: a statement of its own sees every grant that was recorded before the lock. $1: path; $2: registry; $3:
 * path at the registry; $4: account.
 */
export const movePlacement = sql(
  `update repository set registry_id = $2, registry_path = $3
     from namespace where namespace.id = namespace_id and path = $1 and (official or ${isMemberSql('$4')})
      and ${isPlacedWithoutImagesSql} and ${heldSecondsSql} <= 0`,
);

/** Grants that nothing asks for any more: pushers are trusted for a day, and each night every digest is read. */
export const deleteOldPushGrants = sql(
  `delete from push_grant where granted_at < now() - interval '30 days'`,
);

const noRecentGrant = `
  not exists (select from push_grant
               where push_grant.repository_id = repository.id and granted_at > now() - interval '24 hours')`;

/**
 * Locks what the statements below may affect. Without it, a grant that was recorded while they wait for a row would not
 * stop them.
 */
export const lockUnpushed = sql(
  `select from repository where state <> 'deleted' and pushed_at is null and registry_id is not null and ${noRecentGrant}
    order by id for update`,
);

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
