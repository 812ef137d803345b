import assert from 'node:assert/strict';
import { describe, it } from '@jest/globals';
import { DomainError } from '@central-index/platform/errors';
import fc from 'fast-check';
import { evaluateCatalogScope, evaluateRepositoryScope, requestedPath } from './scope-evaluation';
import { explainRepository } from './explanation';
import { parseScopes } from './scope';
import {
  callers,
  factsOf,
  identityOf,
  mutated,
  oracle,
  scope,
  worlds,
  type Caller,
  type PushRequest,
  type Repo,
  type World,
} from '../../../test/support/scope-worlds';

/** What the code under test grants for scopes: `name action`, and `name PLACE` if a push must place the name first. */
function granted(world: World, caller: Caller, scopes: readonly string[]): string[] {
  const identity = identityOf(caller);
  return parseScopes(scopes).flatMap((requested) => {
    const path = requestedPath(requested);
    if (path === undefined) return [];
    const facts = factsOf(world, path);
    const { actions, needsPlacement } = evaluateRepositoryScope(requested, identity, facts, '1');
    return [...actions, ...(needsPlacement ? ['PLACE'] : [])].map((action) => `${requested.name} ${action}`);
  });
}

describe('S15: what fuzzed scopes get in random worlds', () => {
  // One run requests up to eight resources: 25,000 runs are 100,000 scopes.
  const runs = { numRuns: 25_000 };

  it('is exactly what an independent oracle allows of the request', () => {
    fc.assert(
      fc.property(worlds, callers, fc.array(scope, { maxLength: 8 }), (world, caller, scopes) => {
        const parsed = scopes
          .filter((text) => text.startsWith('repository'))
          .map((text) => text.split(':') as [string, string, string])
          .map(([, name, list]) => ({ name, wanted: new Set(list.split(',')) }));
        const pushRequest = (name: string): PushRequest => {
          const wanted = parsed.filter((one) => one.name === name).map((one) => one.wanted);
          if (wanted.some((actions) => actions.has('push'))) return 'by-name';
          return wanted.some((actions) => actions.has('*')) ? 'by-star' : 'none';
        };
        const requested = parsed.flatMap(({ name, wanted }) => {
          const all = ['pull', 'push', 'delete'].filter((one) => wanted.has(one) || wanted.has('*'));
          return [...all, ...(all.includes('push') ? ['PLACE'] : [])].map(
            (one) => [name, one, pushRequest(name)] as const,
          );
        });
        const allowed = requested.filter((one) => oracle(world, caller, ...one));
        assert.deepEqual(
          new Set(granted(world, caller, scopes)),
          new Set(allowed.map(([name, action]) => `${name} ${action}`)),
        );
      }),
      runs,
    );
  });

  it('is explained as it is evaluated', () => {
    fc.assert(
      fc.property(worlds, callers, scope, (world, caller, text) => {
        const [requested] = parseScopes([text]);
        const path = requestedPath(requested!);
        if (path === undefined) return;
        const [identity, facts] = [identityOf(caller), factsOf(world, path)];
        const evaluation = evaluateRepositoryScope(requested!, identity, facts, '1');
        const verdicts = explainRepository(requested!, identity, facts, '1').filter((one) => one.granted);
        const actions = verdicts.map(({ action }) => action);
        if (evaluation.needsPlacement) {
          // A trusted build that was deleted stays one: its first push is refused when it is placed.
          assert.equal(actions.includes('push'), !facts.repository?.automated);
          assert.ok(verdicts.every((one) => /first push/.test(one.message)));
        } else assert.deepEqual(actions, evaluation.refusal === undefined ? evaluation.actions : []);
      }),
      runs,
    );
  });

  it('is never more than the oracle allows, even for malformed scopes', () => {
    fc.assert(
      fc.property(worlds, callers, fc.array(mutated, { maxLength: 4 }), (world, caller, scopes) => {
        let result: string[] = [];
        try {
          result = granted(world, caller, scopes);
        } catch (error) {
          assert.ok(error instanceof DomainError && error.status === 400, String(error));
        }
        for (const one of result) {
          const [name, action] = one.split(' ') as [string, string];
          const allowed = (['by-name', 'by-star', 'none'] as const).some((pushRequest) =>
            oracle(world, caller, name, action, pushRequest),
          );
          assert.ok(allowed, one);
        }
      }),
      runs,
    );
  });
});

describe('a refused push', () => {
  const repo: Repo = { state: 'active', visibility: 'public', automated: false, at: '1', as: 'alice/app' };
  const alice: Caller = { name: 'alice', disabled: false };
  const olga: Caller = { name: 'olga', disabled: false };
  const refusal = (caller: Caller, scopeText: string, path: string, its: Partial<Repo>): unknown =>
    evaluateRepositoryScope(
      parseScopes([scopeText])[0]!,
      identityOf(caller),
      factsOf({ [path]: { ...repo, as: path, ...its } }, path),
      '1',
    ).refusal;

  it('names the registry of the repository to its owner only', () => {
    const elsewhere = { reason: 'wrong-registry', registryId: '2' };
    assert.deepEqual(refusal(alice, 'repository:alice/app:push,pull', 'alice/app', { at: '2' }), elsewhere);
    assert.equal(
      refusal({ ...alice, name: 'bob' }, 'repository:alice/app:push', 'alice/app', { at: '2' }),
      undefined,
    );
    assert.equal(
      refusal({ ...alice, name: '' }, 'repository:alice/app:push', 'alice/app', { at: '2' }),
      undefined,
    );
    assert.equal(refusal(olga, 'repository:alice/app:push', 'alice/app', { at: '2' }), undefined);
  });

  it('states for how long a name without images is held by another registry', () => {
    const path = 'alice/app';
    const held = (its: Partial<Repo>): unknown => refusal(alice, 'repository:alice/app:push', path, its);
    assert.deepEqual(held({ at: '2', held: 40 }), {
      reason: 'wrong-registry',
      registryId: '2',
      heldSeconds: 40,
    });
    assert.equal(held({ at: '2', held: 0 }), undefined);
  });

  it('names the path, and that only trusted builds push to the repository', () => {
    const path = 'library/centos';
    assert.deepEqual(refusal(olga, 'repository:library/centos:push', path, { as: 'centos' }), {
      reason: 'wrong-path',
      path: 'centos',
    });
    assert.equal(refusal(alice, 'repository:library/centos:push', path, { as: 'centos' }), undefined);
    for (const at of ['1', '2', null] as const) {
      assert.deepEqual(refusal(alice, 'repository:alice/app:push', 'alice/app', { automated: true, at }), {
        reason: 'trusted-build',
      });
    }
  });

  it('is not caused by the source of a mount, nor by requesting all actions', () => {
    assert.equal(refusal(alice, 'repository:alice/app:pull', 'alice/app', { at: '2' }), undefined);
    assert.equal(refusal(alice, 'repository:alice/app:*', 'alice/app', { at: '2' }), undefined);
    assert.equal(refusal(alice, 'repository:alice/app:push,pull', 'alice/app', {}), undefined);
  });

  it('has no reason for an access token that may not push anyway', () => {
    const weak = { ...alice, token: { permissions: ['pull'] as const, repositories: ['alice/*'] } };
    assert.equal(refusal(weak, 'repository:alice/app:push', 'alice/app', { at: '2' }), undefined);
  });
});

describe('a catalog', () => {
  const grantedActions = (caller: Caller, text: string): readonly string[] =>
    evaluateCatalogScope(parseScopes([text])[0]!, identityOf(caller));
  const token = { permissions: ['pull', 'push', 'delete', 'metadata'] as const, repositories: ['*/*'] };

  it('is listed by administrators, and searched by callers that are signed in', () => {
    const rows: [Caller, string, string[]][] = [
      [{ name: 'olga', disabled: false }, 'registry:catalog:*', ['*']],
      [{ name: 'olga', disabled: false }, 'registry:catalog:search,*', ['search', '*']],
      [{ name: 'olga', disabled: false, token }, 'registry:catalog:*', []],
      [{ name: 'olga', disabled: true }, 'registry:catalog:*,search', []],
      [{ name: 'olga', disabled: false }, 'registry:other:*', []],
      [{ name: 'bob', disabled: false }, 'registry:catalog:*', []],
      [{ name: 'bob', disabled: false }, 'registry:catalog:search', ['search']],
      [{ name: 'bob', disabled: false, token }, 'registry:catalog:search', ['search']],
      [{ name: 'bob', disabled: false }, 'registry:catalog:pull', []],
      [{ name: '', disabled: false }, 'registry:catalog:search', []],
      [{ name: '', disabled: false }, 'registry:catalog:*', []],
    ];
    for (const [caller, text, expected] of rows) {
      assert.deepEqual(grantedActions(caller, text), expected, `${caller.name} ${text}`);
    }
  });
});
