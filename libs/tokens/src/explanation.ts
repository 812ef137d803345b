import type { Identity } from '@central-index/accounts';
import { decide, denialReasonText, grantReasonText } from '@central-index/namespaces';
import type { Registry } from '@central-index/registries';
import type { RepositoryFactsRow } from '@central-index/repositories';
import type { RequestedAccess } from './scope';
import { evaluateCatalogScope, evaluateRepositoryScope, repositoryActions } from './scope-evaluation';

/** What one component of the index contributes. */
export interface Step {
  /** The library whose rule it is, such as `namespaces`. */
  readonly component: string;
  readonly message: string;
}

/** Whether one requested action is granted, and the rule that decides it. */
export interface ActionVerdict extends Step {
  readonly action: string;
  readonly granted: boolean;
}

/** One resource of a request: how it is parsed, what is known of it, and the verdict on each action. */
export interface ScopeExplanation {
  readonly requested: RequestedAccess;
  readonly steps: readonly Step[];
  readonly verdicts: readonly ActionVerdict[];
}

/** Why a token would grant what it would grant. Holds no secret. */
export interface TokenExplanation {
  readonly steps: readonly Step[];
  readonly scopes: readonly ScopeExplanation[];
  /** Why no token would be issued; undefined if one would be. */
  readonly refused: string | undefined;
  /** What the token would grant, as `type:name:action,action`. */
  readonly granted: readonly string[];
}

/** A verdict on each action that is requested on a repository; agrees with evaluateRepositoryScope() in every case. */
export function explainRepository(
  requested: RequestedAccess,
  identity: Identity,
  facts: RepositoryFactsRow | undefined,
  registryId: string,
): ActionVerdict[] {
  const evaluation = evaluateRepositoryScope(requested, identity, facts, registryId);
  if (evaluation.needsPlacement && facts !== undefined) {
    const placed = asPlaced(facts, requested.name, registryId);
    return explainRepository(requested, identity, placed, registryId).map((one) =>
      one.granted ? { ...one, message: `${one.message}; the first push places it here` } : one,
    );
  }
  const known = repositoryActions.filter(
    (action) => requested.actions.includes(action) || requested.actions.includes('*'),
  );
  const unknown = requested.actions.filter(
    (action) => action !== '*' && !repositoryActions.some((one) => one === action),
  );
  return [
    ...known.map((action) => verdictOn(action)),
    ...unknown.map((action) => denial(action, 'tokens', 'repositories have no such action')),
  ];

  function verdictOn(action: (typeof repositoryActions)[number]): ActionVerdict {
    if (facts === undefined)
      return denial(action, 'naming', 'no repository of this index can have that name');
    if (evaluation.refusal === undefined && evaluation.actions.includes(action)) {
      return grant(action, grantReasonText(identity, action, facts) + nothingThereText(facts));
    }
    const decision = decide(identity, action, facts);
    if (!decision.allowed) return denial(action, 'namespaces', denialReasonText(decision.reason));
    if (evaluation.refusal !== undefined) {
      return denial(
        action,
        'tokens',
        'the push is refused with an error, and with it all that was requested',
      );
    }
    return denial(action, 'repositories', placementText(facts, registryId));
  }
}

/** A verdict on each action that is requested on a catalog, or on what is neither a catalog nor a repository. */
export function explainCatalog(
  requested: RequestedAccess,
  identity: Identity,
  registry: Registry | undefined,
): ActionVerdict[] {
  const granted = evaluateCatalogScope(requested, identity, registry?.kind);
  const message = catalogRule(requested);
  return requested.actions.map((action) => ({
    action,
    granted: granted.includes(action),
    component: 'tokens',
    message,
  }));
}

/** The explanation as text, one line per step. */
export function explanationLines({ steps, scopes, refused, granted }: TokenExplanation): string[] {
  const line = ({ component, message }: Step): string => `${component}: ${message}`;
  return [
    ...steps.map(line),
    ...scopes.flatMap(({ requested, steps: scopeSteps, verdicts }) => [
      `scope ${requested.type}:${requested.name}:${requested.actions.join(',')}`,
      ...scopeSteps.map((step) => `  ${line(step)}`),
      ...verdicts.map((one) => `  ${one.action} ${one.granted ? 'granted' : 'refused'} by ${line(one)}`),
    ]),
    refused === undefined ? `granted: ${granted.join(' ') || 'nothing'}` : `refused: ${refused}`,
  ];
}

// The facts after a first push. New names are public, which is the default of namespaces.
function asPlaced(facts: RepositoryFactsRow, registryPath: string, registryId: string): RepositoryFactsRow {
  const { repository } = facts;
  const isNew = repository === undefined || repository.state === 'deleted';
  const state = isNew ? 'pending' : repository.state;
  const { visibility, automated } = repository ?? { visibility: 'public' as const, automated: false };
  return {
    ...facts,
    repository: { state, visibility, automated },
    registryId,
    registryPath,
    heldSeconds: undefined,
  };
}

function nothingThereText({ registryId }: RepositoryFactsRow): string {
  return registryId === null ? '; the registry has nothing of that name' : '';
}

function placementText(facts: RepositoryFactsRow, registryId: string): string {
  if (facts.registryId === null || facts.repository?.state === 'deleted') {
    return 'nothing was pushed yet, or a rule places the repository on another registry';
  }
  return facts.registryId === registryId
    ? `on this registry its path is ${facts.registryPath}`
    : 'its images are stored on another registry';
}

function catalogRule({ type, name }: RequestedAccess): string {
  if (type === 'registry') {
    return 'signed-in callers search the catalog, administrators without an access token list it';
  }
  if (type !== 'repository') return 'the only types are repository and registry';
  return name === ''
    ? 'a repository without a name is the catalog of zot, which administrators without an access token list'
    : 'the index itself stores no images';
}

function grant(action: string, message: string): ActionVerdict {
  return { action, granted: true, component: 'namespaces', message };
}

/** A verdict that an action is not granted. */
export function denial(action: string, component: string, message: string): ActionVerdict {
  return { action, granted: false, component, message };
}
