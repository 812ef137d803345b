import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import {
  AccessTokensService,
  AccountsService,
  anonymous,
  type Identity,
  type Permission,
} from '@central-index/accounts';
import { NamespacesService } from '@central-index/namespaces';
import { Database } from '@central-index/platform/database';
import { DomainError } from '@central-index/platform/errors';
import { GrantsService } from '@central-index/tokens';
import { oracle, type Known, type Person, type World } from '../fuzz/token-oracle';
import { Dice, fuzzedScope } from '../fuzz/token-requests';
import { IndexUnderTest } from '../support/index-under-test';
import { addOfficial, grantedAccess, promote, register } from '../support/token-fixtures';
import { diagnostic } from '../support/jest';

// FUZZ_REQUESTS=1000000 and FUZZ_SEED say how many, and which again.
const requests = Number(process.env.FUZZ_REQUESTS ?? 100_000);
const seed = Number(process.env.FUZZ_SEED ?? Date.now() % 2 ** 31);
const within = 1_000;

const services = [...Array<string>(6).fill('reg'), 'other', 'zot1', 'central-index', 'unknown', 'REG'];
const base: Known = { state: 'active', secret: false, automated: false, at: 'reg' };
/** Everything there is when the fuzzing begins; what is pushed first on the way is added by the oracle's word. */
const repositories: Record<string, Known> = {
  'alice/app': base,
  'alice/secret': { ...base, secret: true },
  'alice/away': { ...base, at: 'other' },
  'alice/onzot': { ...base, at: 'zot1' },
  'alice/built': { ...base, automated: true },
  'alice/gone': { ...base, secret: true, state: 'deleted', at: undefined },
  'alice/orphan': { ...base, state: 'hidden', at: undefined },
  'alice/waiting': { ...base, state: 'pending' },
  'alice/made': { ...base, secret: true, at: undefined },
  'bob/app': base,
  'bob/secret': { ...base, secret: true, at: 'other' },
  'legacy/tool': base,
  'library/centos': { ...base, as: 'centos' },
  'library/redis': { ...base, as: 'library/redis' },
  'library/fresh': { ...base, at: undefined },
};
const firsts = Array.from(
  { length: 60 },
  (_, i) => `${['alice', 'bob', 'legacy', 'nobody'][i % 4]}/first${i}`,
);
const spelled = ['centos', 'redis', 'fresh', 'absent', 'library/absent'];
const names = [...Object.keys(repositories), ...Object.keys(repositories), ...firsts, ...spelled, ...spelled];

type Caller = Person & { identity: Identity };

/** Makes the same world in the product: by its own services where they can, by rows where only time or others can. */
async function build(index: IndexUnderTest): Promise<Caller[]> {
  const people = await Promise.all(['alice', 'bob', 'olga'].map((name) => index.signUp(name)));
  await promote(index, 'olga');
  const ids: Record<string, string> = {};
  for (const [i, name] of ['reg', 'other', 'zot1'].entries()) {
    const kind = name === 'zot1' ? 'zot' : 'distribution2';
    ids[name] = await register(index, { name, url: `http://localhost:2338${i}`, kind });
  }
  await index.app.get(NamespacesService).ensureImported(index.app.get(Database).manager, ['legacy']);
  const database = index.app.get(Database);
  // Pushed, or the hourly job would take back the place of what nobody pushes to.
  for (const [path, { state, secret, automated, at, as }] of Object.entries(repositories)) {
    const [namespace, name] = path.split('/') as [string, string];
    if (namespace === 'library') await addOfficial(index, name);
    await database.rows(
      `insert into repository
         (namespace_id, path, name, state, visibility, automated, registry_id, registry_path, pushed_at)
       select id, $2, $3, $4, $5, $6, $7, $8, now() from namespace where name = $1
       on conflict (path) do update set state = $4, visibility = $5, automated = $6, registry_id = $7, registry_path = $8, pushed_at = now()`,
      [
        namespace,
        path,
        name,
        state,
        secret ? 'private' : 'public',
        automated,
        at ? ids[at] : null,
        at ? (as ?? path) : null,
      ],
    );
  }
  const callers: Caller[] = [{ name: '', isMaintainer: false, identity: anonymous }];
  const accounts = index.app.get(AccountsService);
  const tokens = index.app.get(AccessTokensService);
  const ceilings: [string, Permission[], string[]][] = [
    ['alice', ['pull'], ['alice/*']],
    ['alice', ['pull', 'push'], ['alice/app', 'alice/first*']],
    ['alice', ['push', 'delete', 'metadata'], ['*/*']],
    ['alice', ['metadata'], ['alice/*']],
    ['alice', ['pull', 'push', 'delete', 'metadata'], ['bob/*', 'alice/se*t', 'library/*']],
    ['bob', ['pull', 'push', 'delete'], ['*/app', 'bob/first*']],
    ['olga', ['pull', 'push', 'delete', 'metadata'], ['library/*', 'alice/*']],
  ];
  for (const { name } of people) {
    const identity = await accounts.authenticate({
      name,
      secret: `a long password of ${name}`,
      address: '127.0.0.1',
    });
    callers.push({ name, isMaintainer: name === 'olga', identity });
    for (const [, permissions, patterns] of ceilings.filter(([owner]) => owner === name)) {
      const restrictions = { label: 'fuzz', permissions, repositories: patterns, expiresAt: null };
      const { secret } = await tokens.create(identity.account, restrictions, '127.0.0.1');
      const token = {
        permissions,
        patterns: patterns.map((one) => new RegExp(`^${one.replaceAll('*', '[^/]*')}$`)),
      };
      callers.push({
        name,
        isMaintainer: name === 'olga',
        token,
        identity: await tokens.authenticate(secret, '127.0.0.1'),
      });
    }
  }
  return callers;
}

describe('S15: fuzzed token requests', () => {
  let index: IndexUnderTest;
  beforeAll(async () => {
    index = await IndexUnderTest.start({ RATE_LIMITS: 'off' });
  });
  afterAll(() => index.stop());

  it(`get what an independent oracle says, ${requests} of them, with seed ${seed}`, async () => {
    const callers = await build(index);
    const world: World = {
      owners: { alice: 'alice', bob: 'bob' },
      repositories: new Map(
        Object.entries(repositories).map(([path, known]) => [
          path,
          known.at ? { ...known, as: known.as ?? path } : known,
        ]),
      ),
    };
    const grants = index.app.get(GrantsService);
    const dice = new Dice(seed);
    const seen = { opened: 0, nothing: 0, malformed: 0, refused: 0, placed: 0, late: 0 };

    const ask = async (caller: Caller, service: string, scopes: string[]): Promise<Set<string> | string> => {
      try {
        const grant = await grants.grant({ identity: caller.identity, service, scopes });
        assert.equal(grant.audience, service);
        assert.equal(grant.subject, caller.name);
        return new Set(
          grant.access.flatMap(({ type, name, actions }) =>
            actions.map((action) => `${type}:${name}:${action}`),
          ),
        );
      } catch (error) {
        if (error instanceof DomainError) return error.code;
        throw error;
      }
    };

    for (let i = 0; i < requests; i++) {
      const [caller, service] = [dice.pick(callers), dice.pick(services)];
      const scopes = Array.from({ length: 1 + (dice.oneIn(4) ? dice.roll(3) : 0) }, () =>
        fuzzedScope(dice, names),
      );
      const told = (): string =>
        `request ${i}: ${JSON.stringify({ who: caller.name, token: caller.token, service, scopes }).slice(0, 2_000)}`;
      if (service === 'unknown' || service === 'REG') {
        assert.equal(await ask(caller, service, scopes), 'UNKNOWN_SERVICE', told());
        continue;
      }
      const verdict = oracle(world, caller, service, scopes);
      if (typeof verdict === 'string') {
        const code = verdict === 'refused' ? 'PUSH_REFUSED' : 'INVALID_SCOPE';
        assert.equal(await ask(caller, service, scopes), code, told());
        seen[verdict]++;
        continue;
      }
      const begun = Date.now();
      for (;;) {
        const got = await ask(caller, service, scopes);
        if (typeof got === 'string') assert.fail(`${told()}: ${got}`);
        for (const one of got) assert.ok(verdict.opened.has(one), `WRONGLY GRANTED ${one}, ${told()}`);
        if (got.size === verdict.opened.size) break;
        // A first push is known to what is remembered of a name within a second; until then it opens less.
        assert.ok(Date.now() - begun < within, `wrongly refused, ${told()}: ${[...got].join(' ')}`);
        seen.late++;
        await new Promise(setImmediate);
      }
      for (const [path, as] of verdict.placed) {
        const known = world.repositories.get(path);
        const state = known === undefined || known.state === 'deleted' ? 'pending' : known.state;
        world.repositories.set(path, { secret: false, automated: false, ...known, state, at: service, as });
        seen.placed++;
      }
      seen[verdict.opened.size > 0 ? 'opened' : 'nothing']++;
    }
    diagnostic(`0 wrong grants of ${requests}: ${JSON.stringify(seen)}`);
    if (requests < 10_000) return;
    for (const kind of ['opened', 'nothing', 'malformed', 'refused', 'placed'] as const)
      assert.ok(seen[kind] > 10, kind);
  });

  it('are counted by a test that can fail: the oracle is asked for what nobody may have', async () => {
    const alice = await index.signUp('witness');
    assert.equal(await grantedAccess(alice, 'reg', 'repository:alice/secret:pull'), '');
    const world: World = {
      owners: {},
      repositories: new Map([['a/b', { ...base, secret: true, as: 'a/b' }]]),
    };
    const nobody: Person = { name: '', isMaintainer: false };
    const verdict = oracle(world, nobody, 'reg', ['repository:a/b:pull']);
    assert.ok(typeof verdict !== 'string' && verdict.opened.size === 0);
  });
});
