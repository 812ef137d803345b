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
import { Database, sql } from '@central-index/platform/database';
import { DomainError } from '@central-index/platform/errors';
import { GrantsService } from '@central-index/tokens';
import { oracle, type FuzzCaller, type IndexState, type KnownRepository } from '../fuzz/token-oracle';
import { Dice, fuzzedScope } from '../fuzz/token-requests';
import { IndexUnderTest } from '../support/index-under-test';
import { addOfficial, grantedAccess, promote, register } from '../support/token-fixtures';
import { diagnostic } from '../support/jest';

// FUZZ_REQUESTS sets the number of requests, FUZZ_SEED repeats a run.
const requests = Number(process.env.FUZZ_REQUESTS ?? 100_000);
const seed = Number(process.env.FUZZ_SEED ?? Date.now() % 2 ** 31);
const maxCacheAgeMs = 1_000;

const services = [...Array<string>(6).fill('reg'), 'other', 'zot1', 'central-index', 'unknown', 'REG'];
const base: KnownRepository = { state: 'active', isPrivate: false, automated: false, at: 'reg' };
/** The repositories at the start. First pushes during the run add those that the oracle expects. */
const repositories: Record<string, KnownRepository> = {
  'alice/app': base,
  'alice/secret': { ...base, isPrivate: true },
  'alice/away': { ...base, at: 'other' },
  'alice/onzot': { ...base, at: 'zot1' },
  'alice/built': { ...base, automated: true },
  'alice/gone': { ...base, isPrivate: true, state: 'deleted', at: undefined },
  'alice/orphan': { ...base, state: 'hidden', at: undefined },
  'alice/waiting': { ...base, state: 'pending' },
  'alice/made': { ...base, isPrivate: true, at: undefined },
  'bob/app': base,
  'bob/secret': { ...base, isPrivate: true, at: 'other' },
  'legacy/tool': base,
  'library/centos': { ...base, as: 'centos' },
  'library/redis': { ...base, as: 'library/redis' },
  'library/fresh': { ...base, at: undefined },
};
const newNames = Array.from(
  { length: 60 },
  (_, i) => `${['alice', 'bob', 'legacy', 'absent'][i % 4]}/first${i}`,
);
const officialNames = ['centos', 'redis', 'fresh', 'absent', 'library/absent'];
const names = [
  ...Object.keys(repositories),
  ...Object.keys(repositories),
  ...newNames,
  ...officialNames,
  ...officialNames,
];

type Caller = FuzzCaller & { identity: Identity };

/** Creates the same accounts, registries and repositories in the product, as rows where no service can. */
async function build(index: IndexUnderTest): Promise<Caller[]> {
  const users = await Promise.all(['alice', 'bob', 'olga'].map((name) => index.signUp(name)));
  await promote(index, 'olga');
  const ids: Record<string, string> = {};
  for (const [i, name] of ['reg', 'other', 'zot1'].entries()) {
    const kind = name === 'zot1' ? 'zot' : 'distribution2';
    ids[name] = await register(index, { name, url: `http://localhost:2338${i}`, kind });
  }
  await index.app.get(NamespacesService).ensureImported(index.app.get(Database).manager, ['legacy']);
  const database = index.app.get(Database);
  // With a time of push, because an hourly job releases the placement of repositories without any.
  for (const [path, { state, isPrivate, automated, at, as }] of Object.entries(repositories)) {
    const [namespace, name] = path.split('/') as [string, string];
    if (namespace === 'library') await addOfficial(index, name);
    await database.query(
      sql(`insert into repository
         (namespace_id, path, name, state, visibility, automated, registry_id, registry_path, pushed_at, deleted_at)
       select id, $2, $3, $4, $5, $6, $7, $8, now(), case when $4 = 'deleted' then now() end from namespace where name = $1
       on conflict (path) do update set state = $4, visibility = $5, automated = $6, registry_id = $7, registry_path = $8, pushed_at = now()`),
      [
        namespace,
        path,
        name,
        state,
        isPrivate ? 'private' : 'public',
        automated,
        at ? ids[at] : null,
        at ? (as ?? path) : null,
      ],
    );
  }
  const callers: Caller[] = [{ name: '', isMaintainer: false, identity: anonymous }];
  const accounts = index.app.get(AccountsService);
  const tokens = index.app.get(AccessTokensService);
  const tokenRestrictions: [string, Permission[], string[]][] = [
    ['alice', ['pull'], ['alice/*']],
    ['alice', ['pull', 'push'], ['alice/app', 'alice/first*']],
    ['alice', ['push', 'delete', 'metadata'], ['*/*']],
    ['alice', ['metadata'], ['alice/*']],
    ['alice', ['pull', 'push', 'delete', 'metadata'], ['bob/*', 'alice/se*t', 'library/*']],
    ['bob', ['pull', 'push', 'delete'], ['*/app', 'bob/first*']],
    ['olga', ['pull', 'push', 'delete', 'metadata'], ['library/*', 'alice/*']],
  ];
  for (const { name } of users) {
    const identity = await accounts.authenticate({
      name,
      secret: `a long password of ${name}`,
      address: '127.0.0.1',
    });
    callers.push({ name, isMaintainer: name === 'olga', identity });
    for (const [, permissions, patterns] of tokenRestrictions.filter(([owner]) => owner === name)) {
      const restrictions = { label: 'fuzz', permissions, repositories: patterns, expiresAt: null };
      const { secret } = await tokens.create(identity, restrictions, '127.0.0.1');
      const token = {
        permissions,
        patterns: patterns.map((pattern) => new RegExp(`^${pattern.replaceAll('*', '[^/]*')}$`)),
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

describe('fuzzed token requests (S15)', () => {
  let index: IndexUnderTest;
  beforeAll(async () => {
    // Names without images stay where they are while a token is valid: for longer than the run.
    index = await IndexUnderTest.start({ RATE_LIMITS: 'off', TOKEN_TTL: '3600' });
  });
  afterAll(() => index.stop());

  it(`grant exactly what an independent oracle expects: ${requests} requests with seed ${seed}`, async () => {
    const callers = await build(index);
    const state: IndexState = {
      owners: { alice: 'alice', bob: 'bob', olga: 'olga' },
      repositories: new Map(
        Object.entries(repositories).map(([path, repository]) => [
          path,
          repository.at ? { ...repository, as: repository.as ?? path } : repository,
        ]),
      ),
    };
    const grants = index.app.get(GrantsService);
    const dice = new Dice(seed);
    const counts = { granted: 0, nothing: 0, malformed: 0, refused: 0, placed: 0, late: 0 };

    const requestGrant = async (
      caller: Caller,
      service: string,
      scopes: string[],
    ): Promise<Set<string> | string> => {
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
      const description = (): string =>
        `request ${i}: ${JSON.stringify({ caller: caller.name, token: caller.token, service, scopes }).slice(0, 2_000)}`;
      if (service === 'unknown' || service === 'REG') {
        assert.equal(await requestGrant(caller, service, scopes), 'UNKNOWN_SERVICE', description());
        continue;
      }
      const outcome = oracle(state, caller, service, scopes);
      if (typeof outcome === 'string') {
        const code = outcome === 'refused' ? 'PUSH_REFUSED' : 'INVALID_SCOPE';
        assert.equal(await requestGrant(caller, service, scopes), code, description());
        counts[outcome]++;
        continue;
      }
      const start = Date.now();
      for (;;) {
        const granted = await requestGrant(caller, service, scopes);
        if (typeof granted === 'string') assert.fail(`${description()}: ${granted}`);
        for (const access of granted)
          assert.ok(outcome.granted.has(access), `WRONGLY GRANTED ${access}, ${description()}`);
        if (granted.size === outcome.granted.size) break;
        // Cached decisions about a name may be one second old: until then a first push grants less.
        const isInTime = Date.now() - start < maxCacheAgeMs;
        assert.ok(isInTime, `wrongly refused, ${description()}: ${[...granted].join(' ')}`);
        counts.late++;
        await new Promise(setImmediate);
      }
      for (const [path, as] of outcome.placed) {
        const known = state.repositories.get(path);
        const values = { isPrivate: false, automated: false, ...known };
        const isNew = known === undefined || known.state === 'deleted';
        state.repositories.set(path, { ...values, state: isNew ? 'pending' : known.state, at: service, as });
        counts.placed++;
      }
      counts[outcome.granted.size > 0 ? 'granted' : 'nothing']++;
    }
    diagnostic(`0 wrong grants of ${requests}: ${JSON.stringify(counts)}`);
    if (requests < 10_000) return;
    for (const kind of ['granted', 'nothing', 'malformed', 'refused', 'placed'] as const)
      assert.ok(counts[kind] > 10, kind);
  }, 600_000);

  it('grant nothing of a private repository to other callers, in the oracle and in the product', async () => {
    const witness = await index.signUp('witness');
    assert.equal(await grantedAccess(witness, 'reg', 'repository:alice/secret:pull'), '');
    const state: IndexState = {
      owners: {},
      repositories: new Map([['a/b', { ...base, isPrivate: true, as: 'a/b' }]]),
    };
    const anonymousCaller: FuzzCaller = { name: '', isMaintainer: false };
    const outcome = oracle(state, anonymousCaller, 'reg', ['repository:a/b:pull']);
    assert.ok(typeof outcome !== 'string' && outcome.granted.size === 0);
  });
});
