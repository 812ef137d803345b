import { accountOf, restrictionsOf, type Identity } from '@central-index/accounts';
import { parseRepositoryName } from '@central-index/naming';
import { decide } from '@central-index/namespaces';
import type { Registry } from '@central-index/registries';
import type { RepositoryFactsRow } from '@central-index/repositories';
import type { RequestedAccess } from './scope';

/** Why a caller who may push to the name cannot push in the way requested. */
export type PushRefusal =
  | {
      readonly reason: 'wrong-registry';
      readonly registryId: string;
      /** While no image was pushed there: seconds after which it may be pushed here. */
      readonly heldSeconds?: number;
    }
  | { readonly reason: 'wrong-path'; readonly path: string }
  | { readonly reason: 'trusted-build' };

/** What may be granted of one requested resource. */
export interface ScopeEvaluation {
  /** In a fixed order; for a repository, `*` is expanded. */
  readonly actions: readonly string[];
  /** True if a push must place the repository first; only then it is known what else is granted. */
  readonly needsPlacement: boolean;
  /** Set if a push was requested that the caller is allowed, but not in this way. */
  readonly refusal?: PushRefusal;
}

/** The actions on a repository, in the order in which tokens list them. */
export const repositoryActions = ['pull', 'push', 'delete'] as const;

const nothing: ScopeEvaluation = { actions: [], needsPlacement: false };

/** Evaluates one requested resource. `registry` is undefined for the index itself, which stores no images. */
export function evaluateScope(
  requested: RequestedAccess,
  identity: Identity,
  facts: RepositoryFactsRow | undefined,
  registry: Registry | undefined,
): ScopeEvaluation {
  if (facts !== undefined && registry !== undefined) {
    return evaluateRepositoryScope(requested, identity, facts, registry.id);
  }
  return { actions: evaluateCatalogScope(requested, identity, registry?.kind), needsPlacement: false };
}

/**
 * What the caller is granted of a requested repository on one registry: what `namespaces` allows, if the images are
 * stored on that registry and under that path.
 */
export function evaluateRepositoryScope(
  requested: RequestedAccess,
  identity: Identity,
  facts: RepositoryFactsRow | undefined,
  registryId: string,
): ScopeEvaluation {
  if (facts === undefined) return nothing;
  const requestedActions = repositoryActions.filter(
    (action) => requested.actions.includes(action) || requested.actions.includes('*'),
  );
  const push = decide(identity, 'push', facts);
  const isUnplaced =
    facts.registryId === null ||
    facts.repository?.state === 'deleted' ||
    (push.allowed && mayPlaceAgain(requested, facts, registryId));
  // A rule may place a name before its first push.
  const placedOn = isUnplaced ? (facts.ruledRegistryId ?? null) : facts.registryId;
  const isElsewhere = placedOn !== null && placedOn !== registryId;
  const mayComeHere = (facts.ruledRegistryId ?? registryId) === registryId;
  const heldSeconds = mayComeHere ? facts.heldSeconds : undefined;
  const path = isUnplaced || facts.registryPath === null ? requested.name : facts.registryPath;
  const refusal = pushRefusal();
  // Only a push requested by name is refused with an error: with `*`, clients request whatever they may get.
  const base =
    refusal !== undefined && requested.actions.includes('push') ? { ...nothing, refusal } : nothing;
  if (isElsewhere) return base;
  if (isUnplaced) {
    const needsPlacement = push.allowed && requestedActions.includes('push');
    const isPull = !needsPlacement && requestedActions.includes('pull');
    return { ...base, actions: isPull && mayPullUnplaced(identity, facts) ? ['pull'] : [], needsPlacement };
  }
  const actions = requestedActions.filter(
    (action) => (action === 'pull' || path === requested.name) && decide(identity, action, facts).allowed,
  );
  return { ...base, actions };

  function pushRefusal(): PushRefusal | undefined {
    if (!push.allowed) return push.reason === 'trusted-build' ? { reason: 'trusted-build' } : undefined;
    if (isElsewhere) {
      return {
        reason: 'wrong-registry',
        registryId: placedOn,
        ...(heldSeconds !== undefined && { heldSeconds }),
      };
    }
    return path === requested.name ? undefined : { reason: 'wrong-path', path };
  }
}

/**
 * True if the caller may ask a registry for a name that has no images anywhere, whose answer is then a 404: clients look for
 * a signature or a tag before they push it, and a 401 stops them. Only those who may push or read the name as a private one
 * get to know that there is nothing. A deleted name opens nothing, because its images may still be there.
 */
function mayPullUnplaced(identity: Identity, facts: RepositoryFactsRow): boolean {
  const { repository } = facts;
  if (repository?.state === 'deleted') return false;
  const asPrivate = { ...facts, repository: repository && { ...repository, visibility: 'private' as const } };
  return decide(identity, 'push', facts).allowed || decide(identity, 'pull', asPrivate).allowed;
}

/**
 * True if the push that is requested by name may place a repository without images elsewhere, because no token for its
 * former place is valid any more.
 */
function mayPlaceAgain(requested: RequestedAccess, facts: RepositoryFactsRow, registryId: string): boolean {
  if (facts.heldSeconds === undefined || facts.heldSeconds > 0) return false;
  const isThere = facts.registryId === registryId && facts.registryPath === requested.name;
  return !isThere && requested.actions.includes('push');
}

/**
 * What the caller is granted of a registry's catalog: signed-in callers search it, administrators list it. An access
 * token never lists a catalog, because its restrictions are about repositories.
 */
export function evaluateCatalogScope(
  requested: RequestedAccess,
  identity: Identity,
  kind?: Registry['kind'],
): readonly string[] {
  const account = accountOf(identity);
  if (account === undefined || account.disabled) return [];
  const mayList = account.administrator && restrictionsOf(identity) === undefined;
  // The catalog of zot is a repository without a name, which clients request to pull.
  if (kind === 'zot' && requested.type === 'repository' && requested.name === '') {
    return mayList && requested.actions.includes('pull') ? ['pull'] : [];
  }
  if (requested.type !== 'registry' || requested.name !== 'catalog') return [];
  return requested.actions.filter((action) => (action === '*' && mayList) || action === 'search');
}

/** Canonical path of a requested repository; undefined for names that no repository of this index can have. */
export function requestedPath(requested: RequestedAccess): string | undefined {
  return requested.type === 'repository' ? parseRepositoryName(requested.name)?.path : undefined;
}

/** Canonical paths of the requested repositories, each once. */
export function requestedPaths(requested: readonly RequestedAccess[]): string[] {
  return [...new Set(requested.flatMap((scope) => requestedPath(scope) ?? []))];
}
