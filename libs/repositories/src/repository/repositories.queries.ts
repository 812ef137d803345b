import { isMembershipUnchangedSql, isMemberSql } from '@central-index/namespaces';
import { preparedSql, sql } from '@central-index/platform/database';
import { statementKinds } from '../kinds/image-kind';
import type { PullTarget } from '../kinds/pull-command';
import type { Repository, RepositorySummary } from './repository';
import type { RepositoryEntity } from './repository.entity';
import { factsColumns, isReleasedSql, type FactsRow } from './repository-facts.queries';

/** A repository as lists show it, with its facts. */
export interface RepositorySummaryRow
  extends FactsRow, Omit<RepositorySummary, 'id' | 'fullName' | 'automated' | 'pullCommand' | 'visibility'> {
  /** Registry host and path, without a tag. Without the host for a v1 registry, whose clients pull from the index. */
  readonly reference: string | null;
  /** The version that the pull command names; null if there is none to pull. */
  readonly pullTarget: PullTarget | null;
  /** `automated` as it is shown: true for imported repositories, too. */
  readonly showsAutomated: boolean;
}

/** A repository with its facts. */
export type RepositoryRow = RepositorySummaryRow & Pick<Repository, 'readme'>;

/** The columns of `RepositorySummaryRow`, from `repositorySummaryJoins`. */
export const repositorySummaryColumns = `repository.path, ${factsColumns},
  namespace.name as namespace, repository.name, repository.description, repository.official,
  repository.automated as "showsAutomated", registry.name as registry,
  case when registry.kind = 'v1' then '' else registry.host end || '/' || repository.registry_path as reference,
  (select json_build_object('tag', tag.name, 'kind', kind)
     from tag join manifest using (repository_id, digest)
    where repository_id = repository.id and refers_to is null and kind <> all('{${statementKinds.join()}}')
      and (kind <> 'index' or platforms <> '[]')
    order by kind in ('image', 'index') desc, tag.name = 'latest' desc, reported desc, tag.pushed_at desc, tag.name
    limit 1) as "pullTarget",
  (select count(*)::integer from tag where tag.repository_id = repository.id and refers_to is null) as tags,
  repository.stars::float8 + repository.imported_stars as stars,
  repository.pulls::float8 + repository.imported_pulls as pulls,
  repository.created_at as "createdAt", repository.updated_at as "updatedAt", repository.pushed_at as "pushedAt",
  coalesce(repository.kinds, '{}') as kinds, coalesce(repository.image_labels, '{}') as labels`;

/** The tables of a repository's summary. */
export const repositorySummaryJoins = `
  from repository
  join namespace on namespace.id = repository.namespace_id
  left join registry on registry.id = repository.registry_id`;

/** $1: path. */
export const selectRepository = preparedSql<RepositoryRow>(
  `select ${repositorySummaryColumns}, repository.readme ${repositorySummaryJoins} where repository.path = $1`,
);

/**
 * Repositories of a namespace by name. Most of those that the caller may not see are left out, so that they need not be
 * read; the reader still decides about each. $1: namespace; $2: last name of the page before; $3: limit; $4: account of
 * the caller, or null.
 */
export const selectRepositoriesOfNamespace = sql<RepositorySummaryRow>(
  `select ${repositorySummaryColumns} ${repositorySummaryJoins}
    where repository.namespace_id = $1 and repository.name > $2 and repository.state <> 'deleted'
      and (repository.state = 'active' and visibility = 'public' or official or ${isMemberSql('$4')})
    order by repository.name limit $3`,
);

/**
 * Inserts a repository, or activates a pending or a released one. Affects no row if the name is in use, or if the account is no member
 * of the namespace any more. $1: namespace; $2: path; $3: name; $4: visibility, or null for the namespace's default;
 * $5: description; $6: readme; $7: account.
 */
export const insertRepository = sql<Pick<RepositoryEntity, 'id'>>(
  `insert into repository (namespace_id, path, name, state, visibility, description, readme)
   select id, $2, $3, 'active', coalesce($4, default_visibility), $5, $6 from namespace
    where name = $1 and ${isMemberSql('$7')}
   on conflict (path) do update set state = 'active', visibility = excluded.visibility,
     description = excluded.description, readme = excluded.readme, updated_at = now()
     where repository.state = 'pending' or ${isReleasedSql}
   returning id`,
);

// A decision that was taken before the statement still holds: the repository exists, and its members are the same.
const isDecisionValid = `repository.state <> 'deleted' and ${isMembershipUnchangedSql('$2')}`;

/**
 * Texts do not move `updated_at`, the time when the contents changed. $1: id; $2: owner at the time of the decision; $3,
 * $4, $5: description, readme, visibility, each null to keep it.
 */
export const updateRepository = preparedSql(
  `update repository set description = coalesce($3, description), readme = coalesce($4, readme),
     visibility = coalesce($5, visibility),
     updated_at = case when visibility <> $5 then now() else updated_at end
     from namespace where namespace.id = namespace_id and repository.id = $1 and ${isDecisionValid}`,
);

/** $1: id; $2: owner at the time of the decision. */
export const lockRepository = sql(
  `select repository.id from repository join namespace on namespace.id = namespace_id
    where repository.id = $1 and ${isDecisionValid}
      for no key update of repository`,
);

/**
 * Makes a repository a tombstone; affects no row if it is one. A pending name that was never deleted before becomes a
 * released one. $1: id.
 */
export const softDeleteRepository = sql(
  `update repository set state = 'deleted', updated_at = now(), description = '', readme = '',
     automated = false, imported = false, stars = 0, pulls = 0, unique_pulls = 0, imported_stars = 0,
     imported_pulls = 0, pushed_at = null, kinds = null, image_labels = null, platforms = '{}',
     deleted_at = case when state = 'pending' and deleted_at is null then null else now() end
    where id = $1 and state <> 'deleted'`,
);

/** What a tombstone does not keep. Its manifests are deleted later, with its images. $1: id. */
export const deleteOfRepository = {
  tags: sql('delete from tag where repository_id = $1'),
  tagHistory: sql('delete from tag_history where repository_id = $1'),
  pullCounts: sql('delete from pull_count where repository_id = $1'),
  manifestRequests: sql('delete from manifest_request where repository_id = $1'),
  tagDeletions: sql('delete from tag_deletion where repository_id = $1'),
  stars: sql('delete from star where repository_id = $1'),
  pushGrants: sql('delete from push_grant where repository_id = $1'),
};
