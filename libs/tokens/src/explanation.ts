import type { Identity } from '@central-index/accounts';
import { decide, grantReasonText, denialReasonText } from '@central-index/namespaces';
import type { RepositoryFactsRow } from '@central-index/repositories';
import { evaluateRepositoryScope } from './scope-evaluation';
import type { RequestedAccess } from './scope';

/** What one room of the product said. */
export interface Step {
  readonly component: string;
  readonly message: string;
}

/** What became of one action that was asked for, and which rule of which room gave or refused it. */
export interface ActionVerdict extends Step {
  readonly action: string;
  readonly granted: boolean;
}

/** One resource of a request: as it was read, what is known of it, and what becomes of each action. */
export interface ScopeExplanation {
  readonly asked: RequestedAccess;
  readonly steps: readonly Step[];
  readonly verdicts: readonly ActionVerdict[];
}

/** Why a token would open what it would open. Holds no secret. */
export interface TokenExplanation {
  readonly steps: readonly Step[];
  readonly scopes: readonly ScopeExplanation[];
  /** Why there would be no token at all. */
  readonly refused: string | undefined;
  /** What the token would open, as `type:name:action,action`. */
  readonly granted: readonly string[];
}

const actions = ['pull', 'push', 'delete'] as const;

/** What becomes of each action that is asked for on a repository; agrees with answerRepository() in every case. */
export function explainRepository(
  asked: RequestedAccess,
  identity: Identity,
  facts: RepositoryFactsRow | undefined,
  registryId: string,
): ActionVerdict[] {
  const answer = evaluateRepositoryScope(asked, identity, facts, registryId);
  if (answer.needsPlacement && facts !== undefined) {
    const placed = explainRepository(asked, identity, asPlaced(facts, asked.name, registryId), registryId);
    return placed.map((one) =>
      one.granted ? { ...one, message: `${one.message}; the first push places it here` } : one,
    );
  }
  const wanted = actions.filter((action) => asked.actions.includes(action) || asked.actions.includes('*'));
  const unknown = asked.actions.filter((action) => action !== '*' && !actions.some((one) => one === action));
  return [
    ...wanted.map((action) => verdict(action)),
    ...unknown.map((action) => refusal(action, 'tokens', 'a repository knows no such action')),
  ];

  function verdict(action: (typeof actions)[number]): ActionVerdict {
    if (facts === undefined) {
      return refusal(action, 'naming', 'no repository of this index can have that name');
    }
    const decision = decide(identity, action, facts);
    if (!decision.allowed) return refusal(action, 'namespaces', denialReasonText(decision.reason));
    if (answer.refusal !== undefined) {
      return refusal(action, 'tokens', 'the push is refused aloud, and all that was asked for with it');
    }
    const grounds = grantReasonText(identity, facts);
    if (answer.actions.includes(action))
      return { action, granted: true, component: 'namespaces', message: grounds };
    if (facts.registryId === null || facts.repository?.state === 'deleted') {
      return refusal(
        action,
        'repositories',
        'nothing was pushed there yet, or it belongs on another registry',
      );
    }
    return facts.registryId === registryId
      ? refusal(action, 'repositories', `on this registry it lies under ${facts.registryPath}`)
      : refusal(action, 'repositories', 'its images lie on another registry');
  }
}

// What a first push makes of a name; its visibility does not matter to who may push to it.
function asPlaced(facts: RepositoryFactsRow, registryPath: string, registryId: string): RepositoryFactsRow {
  const { repository } = facts;
  const fresh = repository === undefined || repository.state === 'deleted';
  const state = fresh ? 'pending' : repository.state;
  const { visibility, automated } = repository ?? { visibility: 'public' as const, automated: false };
  return { ...facts, repository: { state, visibility, automated }, registryId, registryPath };
}

function refusal(action: string, component: string, message: string): ActionVerdict {
  return { action, granted: false, component, message };
}

/** The chain as text, a line a step. */
export function explanationLines({ steps: steps, scopes, refused, granted }: TokenExplanation): string[] {
  const line = ({ component, message }: Step): string => `${component}: ${message}`;
  return [
    ...steps.map(line),
    ...scopes.flatMap(({ asked, steps: known, verdicts }) => [
      `scope ${asked.type}:${asked.name}:${asked.actions.join(',')}`,
      ...known.map((step) => `  ${line(step)}`),
      ...verdicts.map((one) => `  ${one.action} ${one.granted ? 'granted' : 'refused'} by ${line(one)}`),
    ]),
    refused === undefined ? `opened: ${granted.join(' ') || 'nothing'}` : `refused: ${refused}`,
  ];
}
