import type { Identity } from '@central-index/accounts';
import type { RepositoryFacts } from '@central-index/namespaces';
import { parseRepositoryName } from '@central-index/naming';
import type { Database } from '@central-index/platform/database';
import type { EntityManager } from 'typeorm';
import { uniquePullsNow } from './unique-pull-weight';

/** SQL order in which rules are tried. */
export const ruleOrder = 'order by length(pattern) desc, pattern';

/** SQL for the id of the registry on which a path belongs by rule, or null. */
export const registryByRule = (path: string): string => `
  (select placement_rule.registry_id from placement_rule
    where ${path} ~ ('^' || replace(replace(pattern, '.', '\\.'), '*', '[^/]*') || '$') ${ruleOrder} limit 1)`;

/** A repository as people and programs see it. Counts include what was imported. */
export interface Repository {
  readonly id: string;
  /** `library` for official ones. */
  readonly namespace: string;
  readonly name: string;
  /** `alice/app`, or `centos` for an official one. */
  readonly fullName: string;
  readonly description: string;
  readonly readme: string;
  readonly visibility: 'public' | 'private';
  readonly official: boolean;
  readonly automated: boolean;
  /** Name of the registry where its images lie; null until its first push. */
  readonly registry: string | null;
  /** What people type to pull it; null until its first push. */
  readonly pullCommand: string | null;
  /** Number of tags. */
  readonly tags: number;
  readonly stars: number;
  readonly pulls: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly pushedAt: Date | null;
}

/** What the decision must know of a name, and where it lies. `id` is undefined where there is no row. */
export interface RepositoryFactsRow extends RepositoryFacts {
  readonly id?: string;
  readonly registryId: string | null;
  readonly registryPath: string | null;
  /** Where a name that lies nowhere must be pushed, if a rule says so; told by facts() only. */
  readonly ruledRegistryId?: string | null;
}

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
  /** What its pulls count for: one for each address and hour, half of it after 90 days; imported ones in full. */
  readonly uniquePulls: number;
  readonly updatedAt: Date;
  /** Grows with every change of the row. */
  readonly version: number;
}

interface RepositoryFactsColumns {
  readonly ruledRegistryId?: string | null;
  readonly path: string;
  readonly namespaceId: string | null;
  readonly ownerId: string | null;
  readonly id: string | null;
  readonly state: 'pending' | 'active' | 'hidden' | 'deleted';
  readonly visibility: 'public' | 'private';
  readonly automated: boolean;
  readonly registryId: string | null;
  readonly registryPath: string | null;
}

// An imported mark says that elsewhere a build makes the images. Here nothing does, so nothing else is shut out.
const factColumns = `
  namespace.id as "namespaceId", namespace.owner_id as "ownerId", repository.id, repository.state,
  repository.visibility, repository.automated and not repository.imported as automated,
  repository.registry_id as "registryId", repository.registry_path as "registryPath"`;

const viewColumns = `
  namespace.name as namespace, repository.name, repository.description, repository.readme, repository.official,
  repository.automated as "showsAutomated", registry.name as registry,
  registry.host || '/' || repository.registry_path as reference,
  (select tag.name from tag where tag.repository_id = repository.id
    order by tag.name = 'latest' desc, pushed_at desc, tag.name limit 1) as "tagToPull",
  (select count(*)::integer from tag where tag.repository_id = repository.id) as tags,
  repository.stars::float8 + repository.imported_stars as stars,
  repository.pulls::float8 + repository.imported_pulls as pulls,
  repository.created_at as "createdAt", repository.updated_at as "updatedAt", repository.pushed_at as "pushedAt"`;

const searchColumns = `
  repository.id, namespace.name as namespace, repository.name, repository.official, repository.automated,
  repository.visibility = 'private' as private, repository.description,
  repository.stars::float8 + repository.imported_stars as stars,
  repository.pulls::float8 + repository.imported_pulls as pulls,
  ${uniquePullsNow} + repository.imported_pulls as "uniquePulls",
  repository.updated_at as "updatedAt", repository.version::float8 as version`;

/** SQL condition of what may be found: text alone never is; an image was pushed, or was taken over from elsewhere. */
export const isSearchableSql = `repository.state = 'active' and (repository.pushed_at is not null or repository.imported)`;

const factsOfPaths = `
  select wanted.path, ${factColumns},
         case when repository.registry_id is null or repository.state = 'deleted'
           then ${registryByRule('wanted.path')} end as "ruledRegistryId"
    from unnest($1::text[]) as wanted(path)
    left join namespace on namespace.name = split_part(wanted.path, '/', 1)
    left join repository on repository.path = wanted.path`;

/** Facts of every path in one query; a path that is no repository's name is left out. */
export async function queryFacts(
  database: Database,
  paths: readonly string[],
  manager?: EntityManager,
): Promise<Map<string, RepositoryFactsRow>> {
  const rows =
    manager === undefined
      ? await database.prepared<RepositoryFactsColumns>(factsOfPaths, [paths])
      : await database.rows<RepositoryFactsColumns>(factsOfPaths, [paths], manager);
  return new Map(
    rows.flatMap((row) => {
      const facts = toFacts(row);
      return facts === undefined ? [] : [[row.path, facts] as const];
    }),
  );
}

/** One repository with its facts, deleted and pending ones included: the decision is the caller's. */
export async function queryRepository(
  database: Database,
  path: string,
  manager?: EntityManager,
): Promise<{ facts: RepositoryFactsRow; view: Repository } | undefined> {
  const sql = `select repository.path, ${factColumns}, ${viewColumns} ${joins} where repository.path = $1`;
  type Row = RepositoryFactsColumns & ViewRow;
  const [row] =
    manager === undefined
      ? await database.prepared<Row>(sql, [path])
      : await database.rows<Row>(sql, [path], manager);
  return row && toBoth(row);
}

/**
 * Repositories of a namespace, by name, after the name `after`. Leaves out most of what the caller may not see, to
 * save reading it; the decision on each is still to be asked.
 */
export async function queryNamespace(
  database: Database,
  namespaceId: string,
  identity: Identity,
  page: { after: string; limit: number },
): Promise<{ facts: RepositoryFactsRow; view: Repository }[]> {
  const rows = await database.rows<RepositoryFactsColumns & ViewRow>(
    `select repository.path, ${factColumns}, ${viewColumns} ${joins}
      where repository.namespace_id = $1 and repository.name > $2 and repository.state in ('active', 'hidden')
        and (repository.state = 'active' and visibility = 'public' or official or namespace.owner_id = $4)
      order by repository.name limit $3`,
    [namespaceId, page.after, page.limit, identity.kind === 'account' ? identity.account.id : null],
  );
  return rows.map(toBoth);
}

/** Those of the ids that search may find. */
export function querySearchable(database: Database, ids: readonly string[]): Promise<SearchableRepository[]> {
  return database.prepared(
    `select ${searchColumns} from repository join namespace on namespace.id = namespace_id
      where repository.id = any($1::bigint[]) and ${isSearchableSql}`,
    [ids],
  );
}

/** Those whose unique pulls still count for something, by id, after the id `after`. */
export async function queryRecentlyPulledAfter(
  database: Database,
  after: string,
  limit: number,
): Promise<string[]> {
  const rows = await database.rows<{ id: string }>(
    `select id from repository where id > $1 and unique_pulls > 0 and ${uniquePullsNow} > 0.001 order by id limit $2`,
    [after, limit],
  );
  return rows.map(({ id }) => id);
}

/** What search may find, by id, after the id `after`. */
export function querySearchableAfter(
  database: Database,
  after: string,
  limit: number,
): Promise<SearchableRepository[]> {
  return database.rows(
    `select ${searchColumns} from repository join namespace on namespace.id = namespace_id
      where repository.id > $1 and ${isSearchableSql} order by repository.id limit $2`,
    [after, limit],
  );
}

const joins = `
  from repository
  join namespace on namespace.id = repository.namespace_id
  left join registry on registry.id = repository.registry_id`;

interface ViewRow extends Omit<Repository, 'id' | 'fullName' | 'automated' | 'pullCommand'> {
  readonly reference: string | null;
  readonly tagToPull: string | null;
  readonly showsAutomated: boolean;
}

function toBoth(row: RepositoryFactsColumns & ViewRow): { facts: RepositoryFactsRow; view: Repository } {
  const facts = toFacts(row)!;
  return {
    facts,
    view: {
      id: row.id!,
      namespace: row.namespace,
      name: row.name,
      fullName: facts.name.full,
      description: row.description,
      readme: row.readme,
      visibility: row.visibility,
      official: row.official,
      automated: row.showsAutomated,
      registry: row.registry,
      pullCommand: pullCommandOf(row),
      tags: row.tags,
      stars: row.stars,
      pulls: row.pulls,
      createdAt: row.createdAt,
      updatedAt: row.updatedAt,
      pushedAt: row.pushedAt,
    },
  };
}

function toFacts(row: RepositoryFactsColumns): RepositoryFactsRow | undefined {
  const name = parseRepositoryName(row.path);
  if (name === undefined) return undefined;
  return {
    name,
    namespace: row.namespaceId === null ? undefined : { ownerId: row.ownerId },
    repository:
      row.id === null
        ? undefined
        : { state: row.state, visibility: row.visibility, automated: row.automated },
    id: row.id ?? undefined,
    registryId: row.registryId,
    registryPath: row.registryPath,
    ruledRegistryId: row.ruledRegistryId ?? null,
  };
}

// Without a tag clients ask for latest; where there is none, the newest is what can be pulled.
function pullCommandOf({ reference, tagToPull }: ViewRow): string | null {
  if (reference === null || tagToPull === null) return null;
  return `docker pull ${reference}${tagToPull === 'latest' ? '' : `:${tagToPull}`}`;
}
