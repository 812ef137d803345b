import { parseRepositoryName } from '@central-index/naming';
import { pullCommand } from '../kinds/pull-command';
import type { RepositoryRow, RepositorySummaryRow } from './repositories.queries';
import type { RepositoryFactsRow, RepositorySummary, RepositoryWithFacts } from './repository';
import type { FactsRow } from './repository-facts.queries';

/** The facts of a row; undefined if its path cannot be the name of a repository. */
export function toFacts(row: FactsRow): RepositoryFactsRow | undefined {
  const name = parseRepositoryName(row.path);
  if (name === undefined) return undefined;
  const { ownerId, state, visibility, automated } = row;
  return {
    name,
    namespace: row.namespaceId === null ? undefined : { ownerId },
    repository: row.id === null ? undefined : { state, visibility, automated },
    id: row.id ?? undefined,
    registryId: row.registryId,
    registryPath: row.registryPath,
    ruledRegistryId: row.ruledRegistryId ?? null,
    ...(typeof row.heldSeconds === 'number' && { heldSeconds: row.heldSeconds }),
    ...(typeof row.grantSeconds === 'number' && {
      pushGrant: { isRecent: row.grantIsRecent ?? false, seconds: row.grantSeconds },
    }),
  };
}

/**
 * The facts of a repository's row, and the repository as lists show it. `indexHost` is the host of the index in image
 * references.
 */
export function toSummaryWithFacts(
  row: RepositorySummaryRow,
  indexHost: string,
): RepositoryWithFacts<RepositorySummary> {
  const reference = row.reference?.startsWith('/') ? indexHost + row.reference : row.reference;
  const facts = toFacts(row)!;
  return {
    facts,
    view: {
      id: row.id!,
      namespace: row.namespace,
      name: row.name,
      fullName: facts.name.full,
      description: row.description,
      visibility: row.visibility,
      official: row.official,
      automated: row.showsAutomated,
      registry: row.registry,
      pullCommand: reference && row.pullTarget ? pullCommand(reference, row.pullTarget) : null,
      tags: row.tags,
      stars: row.stars,
      pulls: row.pulls,
      createdAt: row.createdAt,
      updatedAt: row.updatedAt,
      pushedAt: row.pushedAt,
      kinds: row.kinds,
      labels: row.labels,
    },
  };
}

/** The same with the README. */
export function toRepositoryWithFacts(row: RepositoryRow, indexHost: string): RepositoryWithFacts {
  const { facts, view } = toSummaryWithFacts(row, indexHost);
  return { facts, view: { ...view, readme: row.readme } };
}
