import type { Identity } from '@central-index/accounts';
import { parseRepositoryName } from '@central-index/naming';
import { decide } from '@central-index/namespaces';
import type { RepositoryFactsRow } from '@central-index/repositories';
import type { RequestedAccess } from './scope';

/** Why a caller who may push to the name is refused all the same. */
export type PushRefusal =
  | { readonly why: 'wrong-registry'; readonly registryId: string }
  | { readonly why: 'wrong-path'; readonly path: string }
  | { readonly why: 'trusted-build' };

/** What may be granted of one requested repository. */
export interface ScopeEvaluation {
  /** In a fixed order, `*` expanded. */
  readonly actions: readonly RepositoryAction[];
  /** True when the push must place the repository first; what else is granted is known only then. */
  readonly needsPlacement: boolean;
  /** Set when the caller asks to push, owns the name, and may not push this way. */
  readonly refusal?: PushRefusal;
}

const repositoryActions = ['pull', 'push', 'delete'] as const;
type RepositoryAction = (typeof repositoryActions)[number];

const none: ScopeEvaluation = { actions: [], needsPlacement: false };

/**
 * What the caller gets of a requested repository on the registry `registryId`. Whether he may is said by the room of
 * namespaces; here it is held against the place and the spelling under which the images lie.
 */
export function evaluateRepositoryScope(
  asked: RequestedAccess,
  identity: Identity,
  facts: RepositoryFactsRow | undefined,
  registryId: string,
): ScopeEvaluation {
  if (facts === undefined) return none;
  const wanted = repositoryActions.filter(
    (action) => asked.actions.includes(action) || asked.actions.includes('*'),
  );
  const push = decide(identity, 'push', facts);
  const unplaced = facts.registryId === null || facts.repository?.state === 'deleted';
  // A name that lies nowhere yet may belong somewhere by rule.
  const home = unplaced ? (facts.ruledRegistryId ?? null) : facts.registryId;
  const elsewhere = home !== null && home !== registryId;
  const spelling = unplaced || facts.registryPath === null ? asked.name : facts.registryPath;
  const refusal = pushRefusal();
  // Only a push asked by name is refused aloud: `*` is how a client asks for whatever there is.
  const answer = refusal !== undefined && asked.actions.includes('push') ? { ...none, refusal } : none;
  if (elsewhere) return answer;
  if (unplaced) return { ...answer, needsPlacement: push.allowed && wanted.includes('push') };
  const actions = wanted.filter(
    (action) => (action === 'pull' || spelling === asked.name) && decide(identity, action, facts).allowed,
  );
  return { ...answer, actions };

  function pushRefusal(): PushRefusal | undefined {
    if (!push.allowed) return push.reason === 'trusted-build' ? { why: 'trusted-build' } : undefined;
    if (elsewhere) return { why: 'wrong-registry', registryId: home };
    return spelling === asked.name ? undefined : { why: 'wrong-path', path: spelling };
  }
}

/**
 * What the caller gets of a registry as a whole: its catalog for administrators, search for whoever is signed in. An
 * access token is for repositories, so it never opens a catalog.
 */
export function evaluateCatalogScope(asked: RequestedAccess, identity: Identity): readonly string[] {
  if (identity.kind === 'anonymous' || identity.account.disabled || asked.name !== 'catalog') return [];
  const mayList = identity.account.administrator && identity.restrictions === undefined;
  return asked.actions.filter((action) => (action === '*' && mayList) || action === 'search');
}

/** Canonical path of a requested repository; undefined for names that no repository of this index can have. */
export function requestedPath(asked: RequestedAccess): string | undefined {
  return asked.type === 'repository' ? parseRepositoryName(asked.name)?.path : undefined;
}
