import type { Identity } from '@central-index/accounts';
import type { Registry } from '@central-index/registries';
import type { FactsByPath, RepositoryFactsRow } from '@central-index/repositories';
import type { RequestedAccess } from './scope';
import { evaluateScope, requestedPath, type ScopeEvaluation } from './scope-evaluation';

/** A requested resource, the facts about it, and what they allow. */
export interface EvaluatedScope {
  readonly requested: RequestedAccess;
  /** Undefined for a catalog, and for a name that no repository can have. */
  readonly facts: RepositoryFactsRow | undefined;
  readonly evaluation: ScopeEvaluation;
}

/** A scope that grants a push, or will once its name is placed. */
export interface PushScope extends EvaluatedScope {
  readonly facts: RepositoryFactsRow;
}

/** Evaluates a requested resource by the facts of its path. */
export function evaluate(
  requested: RequestedAccess,
  identity: Identity,
  factsByPath: FactsByPath | undefined,
  registry: Registry | undefined,
): EvaluatedScope {
  const facts = factsByPath?.get(requestedPath(requested) ?? '');
  return { requested, facts, evaluation: evaluateScope(requested, identity, facts, registry) };
}

/** True if a push is granted, or will be once the name is placed. */
export function isPush(scope: EvaluatedScope): scope is PushScope {
  const { needsPlacement, actions } = scope.evaluation;
  return scope.facts !== undefined && (needsPlacement || actions.includes('push'));
}
