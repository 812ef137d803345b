import type { Identity } from '@central-index/accounts';
import { decide, denialReasonText, grantReasonText, type Action } from '@central-index/namespaces';
import type { Registry } from '@central-index/registries';
import type { RepositoryFactsRow } from '@central-index/repositories';
import { denial, type ActionVerdict } from './explanation';
import type { RequestedAccess } from './scope';
import type { V1Access } from './v1-token';

/** Why `/token` issues no token for a v1 registry, and where its clients get theirs. */
export const v1ServiceRefusal =
  'GET and POST /token issue no token for a v1 registry and respond 400 as for an unknown service: Docker 1.10 and older ' +
  'get theirs from the index under /v1/repositories/ when they push, pull or delete, and the verdicts say which';

/** What the tokens of a v1 registry are. `ttl` is in seconds. */
export function describeV1Service({ name, service }: Registry, ttl: number): string {
  return (
    `${service} is the registry ${name} (v1): its tokens come from /v1/repositories/, each for one repository and one ` +
    `access, and are valid for ${ttl} s and any number of uses; the registry asks the index about the token at every ` +
    'request, and the index decides again'
  );
}

const accesses: Readonly<Record<string, { access: V1Access; action: Action }>> = {
  pull: { access: 'read', action: 'pull' },
  push: { access: 'write', action: 'push' },
  delete: { access: 'delete', action: 'manage' },
};

/**
 * A verdict on each requested action: whether a client of the v1 protocol gets a token of that access. `target` is the name
 * of the registry to which a first push of the name goes; undefined if none takes it.
 */
export function explainV1Scope(
  { type, name, actions }: RequestedAccess,
  identity: Identity,
  facts: RepositoryFactsRow | undefined,
  { registry, target }: { readonly registry: Registry; readonly target: string | undefined },
): ActionVerdict[] {
  const requested = actions.includes('*') ? [...new Set([...actions, ...Object.keys(accesses)])] : actions;
  return requested.filter((action) => action !== '*').map(verdictOn);

  function verdictOn(action: string): ActionVerdict {
    if (type !== 'repository' || name === '') {
      return denial(action, 'tokens', 'tokens of the v1 protocol are for repositories only');
    }
    if (facts === undefined) {
      return denial(action, 'naming', 'no repository of this index can have that name');
    }
    const v1 = Object.hasOwn(accesses, action) ? accesses[action] : undefined;
    if (v1 === undefined) return denial(action, 'tokens', 'tokens of the v1 protocol have no such access');
    const decision = decide(identity, v1.action, facts);
    if (!decision.allowed) return denial(action, 'namespaces', denialReasonText(decision.reason));
    const obstacle = obstacleTo(v1.access, facts);
    if (obstacle !== undefined) return denial(action, 'repositories', obstacle);
    const isFirst = isUnplaced(facts) ? '; the first push places it here' : '';
    const message = `${grantReasonText(identity, v1.action, facts)}: access=${v1.access}${isFirst}`;
    return { action, granted: true, component: 'namespaces', message };
  }

  function obstacleTo(access: V1Access, placed: RepositoryFactsRow): string | undefined {
    if (!isUnplaced(placed)) {
      return placed.registryId === registry.id ? undefined : 'its images are stored on another registry';
    }
    if (access !== 'write') return 'nothing was pushed yet';
    if (target === registry.name) return undefined;
    return `its first push goes to ${target ?? 'another registry'}, by a placement rule or as the first v1 registry that was added`;
  }
}

const isUnplaced = ({ registryId, repository }: RepositoryFactsRow): boolean =>
  registryId === null || repository === undefined || repository.state === 'deleted';
