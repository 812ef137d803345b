import { membershipColumns, type MembershipFacts } from '@central-index/namespaces';
import { preparedSql } from '@central-index/platform/database';
import {
  grantSecondsSql,
  heldSecondsSql,
  isGrantRecentSql,
  isPlacedWithoutImagesSql,
} from './push-grants.queries';
import type { RepositoryEntity } from './repository.entity';

/**
 * The facts of one path. Without a namespace of that name `namespaceId` is null, without a repository `id` is; what is
 * read of it is then null, too.
 */
export interface FactsRow
  extends MembershipFacts, Pick<RepositoryEntity, 'path' | 'state' | 'visibility' | 'automated'> {
  readonly namespaceId: string | null;
  readonly id: string | null;
  readonly registryId: string | null;
  readonly registryPath: string | null;
  readonly ruledRegistryId?: string | null;
  readonly heldSeconds?: number | null;
  readonly grantIsRecent?: boolean | null;
  readonly grantSeconds?: number | null;
}

/**
 * The columns of `FactsRow` that every query of facts has. An imported repository is never `automated` here: its
 * builds ran elsewhere, and none here would push to it.
 */
export const factsColumns = `
  namespace.id as "namespaceId", ${membershipColumns}, repository.id, repository.state,
  repository.visibility, repository.automated and not repository.imported as automated,
  repository.registry_id as "registryId", repository.registry_path as "registryPath"`;

/**
 * SQL condition for the row of a name that was deleted before any image of it was seen. It is kept only until a job has
 * deleted what an unfinished push left at the registry; for everything else the name is free.
 */
export const isReleasedSql = `(repository.state = 'deleted' and repository.deleted_at is null)`;

/** The order in which placement rules are tried: the first that matches applies. */
export const placementRuleOrder = 'order by length(pattern) desc, pattern';

/** SQL for the id of the registry where the placement rules put a path, or null. */
export const registryByRule = (path: string): string => `
  (select placement_rule.registry_id from placement_rule
    where ${path} ~ ('^' || replace(replace(pattern, '.', '\\.'), '*', '[^/]*') || '$') ${placementRuleOrder} limit 1)`;

/** The facts of one of several requested paths. */
export interface RequestedFactsRow extends FactsRow {
  /** Place of the path among the requested ones, from 1. */
  readonly n: number;
}

/**
 * One row for each pair of a path and the account whose push grant is read, or null. Arrays of the same length: $1: paths;
 * $2: accounts.
 */
export const selectFacts = preparedSql<RequestedFactsRow>(`
  select wanted.n::integer as n, wanted.path, ${factsColumns},
         case when repository.registry_id is null or repository.state = 'deleted' or repository.pushed_at is null
           then ${registryByRule('wanted.path')} end as "ruledRegistryId",
         case when ${isPlacedWithoutImagesSql} then ${heldSecondsSql} end as "heldSeconds",
         ${isGrantRecentSql} as "grantIsRecent", ${grantSecondsSql} as "grantSeconds"
    from unnest($1::text[], $2::bigint[]) with ordinality as wanted(path, account_id, n)
    left join namespace on namespace.name = split_part(wanted.path, '/', 1)
    left join repository on repository.path = wanted.path and not ${isReleasedSql}
    left join push_grant
      on push_grant.repository_id = repository.id and push_grant.account_id = wanted.account_id`);

/**
 * The facts of one path, without what a placement rule says. A decision about a read needs no more, and this costs the
 * same for an absent repository as for one that the caller may not see. $1: path.
 */
export const selectDecisionFacts = preparedSql<FactsRow>(`
  select wanted.path, ${factsColumns}
    from (select $1::text as path) as wanted
    left join namespace on namespace.name = split_part(wanted.path, '/', 1)
    left join repository on repository.path = wanted.path and not ${isReleasedSql}`);
