import assert from 'node:assert/strict';
import { describe, it } from '@jest/globals';
import type { Account, Identity, Permission } from '@central-index/accounts';
import { parseRepositoryName } from '@central-index/naming';
import { DomainError } from '@central-index/platform/errors';
import type { RepositoryFactsRow } from '@central-index/repositories';
import fc from 'fast-check';
import { evaluateCatalogScope, evaluateRepositoryScope, requestedPath } from './scope-evaluation';
import { explainRepository } from './explanation';
import { parseScopes } from './scope';

// Two registries, `1` and `2`; all requests are for `1`. Accounts own the namespace of their name, olga is an
// administrator, and the namespace `free` has no owner.
interface Repo {
  readonly state: 'pending' | 'active' | 'hidden' | 'deleted';
  readonly visibility: 'public' | 'private';
  readonly automated: boolean;
  readonly at: '1' | '2' | null;
  readonly as: string | null;
}
type World = Readonly<Record<string, Repo | undefined>>;
interface Caller {
  readonly name: string;
  readonly disabled: boolean;
  readonly token?: { readonly permissions: readonly Permission[]; readonly repositories: readonly string[] };
}

const owners: Readonly<Record<string, string | null>> = { alice: '1', bob: '2', free: null, library: null };

function identityOf({ name, disabled, token }: Caller): Identity {
  if (name === '') return { kind: 'anonymous' };
  const account: Account = {
    id: name === 'alice' ? '1' : name === 'bob' ? '2' : '3',
    name,
    email: null,
    emailVerified: false,
    administrator: name === 'olga',
    disabled,
    createdAt: new Date(0),
  };
  return token === undefined
    ? { kind: 'account', account, via: 'password' }
    : { kind: 'account', account, via: 'token', restrictions: { tokenId: '1', ...token } };
}

function factsOf(world: World, path: string): RepositoryFactsRow {
  const name = parseRepositoryName(path)!;
  const repo = world[path];
  return {
    name,
    namespace: name.namespace in owners ? { ownerId: owners[name.namespace]! } : undefined,
    repository: repo,
    id: repo && '9',
    registryId: repo?.at ?? null,
    registryPath: repo?.as ?? null,
  };
}

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

// A component of a name by the distribution specification.
const part = '[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*';

/** The same decision by the rules of the design, without any code of the product. */
function oracle(world: World, caller: Caller, name: string, action: string): boolean {
  const parts = new RegExp(`^(?:(?:library/)?(${part})|(${part})/(${part}))$`).exec(name);
  if (!parts || (caller.disabled && caller.name !== '')) return false;
  const official = parts[1] !== undefined;
  const path = official ? `library/${parts[1]}` : name;
  const repo = world[path];
  const mine = official ? caller.name === 'olga' : caller.name !== '' && caller.name === parts[2];
  const permission = action === 'PLACE' ? 'push' : action;
  const isPublic = repo?.visibility === 'public' && (repo.state === 'active' || repo.state === 'pending');
  // What anonymous callers pull, a token's restrictions do not take away.
  if (caller.token && caller.name !== '' && !(action === 'pull' && isPublic)) {
    if (!caller.token.permissions.some((held) => held === permission)) return false;
    const covers = (pattern: string): boolean =>
      new RegExp(`^${pattern.replaceAll('*', '[^/]*')}$`).test(path);
    if (!caller.token.repositories.some(covers)) return false;
  }
  const unplaced = !repo || repo.at === null || repo.state === 'deleted';
  if (action === 'PLACE') {
    if (!mine || !unplaced || (official && (!repo || repo.state === 'deleted'))) return false;
    return !(repo?.automated && repo.state !== 'deleted');
  }
  if (unplaced || repo.at !== '1') return false;
  if (action === 'pull') {
    return mine || isPublic;
  }
  return mine && repo.as === name && (action === 'delete' || (action === 'push' && !repo.automated));
}

const paths = ['alice/app', 'alice/lib', 'bob/app', 'free/old', 'library/centos', 'library/redis'];
const names = [...paths, 'centos', 'redis', 'alice/new', 'bob/new', 'nobody/x', 'alice', 'debian'];

const repoOf = (path: string): fc.Arbitrary<Repo | undefined> => {
  const official = path.startsWith('library/');
  return fc.option(
    fc.record({
      state: fc.constantFrom('pending', 'active', 'active', 'active', 'hidden', 'deleted'),
      visibility: official ? fc.constant('public' as const) : fc.constantFrom('public', 'private'),
      automated: fc.constantFrom(false, false, true),
      at: fc.constantFrom('1', '1', '2', null),
      as: official ? fc.constantFrom(path, path.slice('library/'.length)) : fc.constant(path),
    }),
    { nil: undefined, freq: 5 },
  );
};
const worlds: fc.Arbitrary<World> = fc.record(Object.fromEntries(paths.map((path) => [path, repoOf(path)])));
const callers: fc.Arbitrary<Caller> = fc.record({
  name: fc.constantFrom('', 'alice', 'alice', 'bob', 'olga'),
  disabled: fc.constantFrom(false, false, false, false, true),
  token: fc.option(
    fc.record({
      permissions: fc.subarray<Permission>(['pull', 'push', 'delete', 'metadata']),
      repositories: fc.subarray(['alice/*', 'alice/app', '*/*', 'library/*', '*', '*/app', 'alice/a*p']),
    }),
    { nil: undefined, freq: 2 },
  ),
});
const actions = fc.array(fc.constantFrom('pull', 'push', 'delete', '*', 'PUSH', 'fly', ''), { maxLength: 4 });
const scope = fc
  .tuple(
    fc.constantFrom('repository', 'repository', 'repository(plugin)', 'registry'),
    fc.constantFrom(...names),
    actions,
  )
  .map(([type, name, list]) => `${type}:${name}:${list.join(',')}`);
const noise = fc.constantFrom(
  ...[
    '',
    ' ',
    ':',
    ',',
    '/',
    '*',
    '%2f',
    '..',
    'A',
    'library/',
    ':5000',
    '\t',
    '\0',
    'é',
    'pull',
    '//',
    '__proto__',
  ],
);
const mutated = fc.tuple(scope, fc.nat(), noise).map(([text, at, added]) => {
  const cut = at % (text.length + 1);
  return text.slice(0, cut) + added + text.slice(cut + (at % 3));
});

describe('S15: what fuzzed scopes get in random worlds', () => {
  // One run requests up to eight resources: 25,000 runs are 100,000 scopes.
  const runs = { numRuns: 25_000 };

  it('is exactly what an independent oracle allows of the request', () => {
    fc.assert(
      fc.property(worlds, callers, fc.array(scope, { maxLength: 8 }), (world, caller, scopes) => {
        const requested = scopes
          .filter((text) => text.startsWith('repository'))
          .flatMap((text) => {
            const [, name, list] = text.split(':') as [string, string, string];
            const wanted = new Set(list.split(','));
            const all = ['pull', 'push', 'delete'].filter((one) => wanted.has(one) || wanted.has('*'));
            return [...all, ...(all.includes('push') ? ['PLACE'] : [])].map((one) => [name, one] as const);
          });
        const allowed = requested.filter(([name, action]) => oracle(world, caller, name, action));
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
          assert.ok(oracle(world, caller, name, action), one);
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
