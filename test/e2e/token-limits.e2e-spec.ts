import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { Database, sql } from '@central-index/platform/database';
import type { Actor, HttpResponse } from '../support/client';
import { createTestDatabase, type TestDatabase } from '../support/database';
import { IndexUnderTest } from '../support/index-under-test';
import { withToken } from '../support/users';
import { markActive, requestToken, grantedAccess, register } from '../support/token-fixtures';

const scope = ['repository:alice/app:pull'];
const from = (caller: Actor, address: string): Actor => caller.with({ 'x-forwarded-for': address });

/** Creates a public repository. */
async function publish(index: IndexUnderTest): Promise<Actor> {
  const alice = await index.signUp('alice');
  await register(index, { name: 'reg', url: 'http://localhost:23370' });
  await grantedAccess(alice, 'reg', 'repository:alice/app:push,pull');
  await markActive(index, 'alice/app');
  return alice;
}

async function outcomes(
  requests: Promise<HttpResponse>[],
): Promise<{ granted: number; rejected: HttpResponse[] }> {
  const responses = await Promise.all(requests);
  const rejected = responses.filter(({ status }) => status === 429);
  assert.equal(responses.filter(({ status }) => status === 200).length + rejected.length, responses.length);
  return { granted: responses.length - rejected.length, rejected };
}

describe('limit on anonymous pulls', () => {
  let database: TestDatabase;
  let indexes: IndexUnderTest[];
  let alice: Actor;
  beforeAll(async () => {
    database = await createTestDatabase();
    const env = { ANONYMOUS_PULL_LIMIT: '200', SERVER_PROCESSES: '2', TRUSTED_PROXIES: '127.0.0.1' };
    indexes = [await IndexUnderTest.start(env, database)];
    alice = await publish(indexes[0]!);
    indexes.push(await IndexUnderTest.start(env, database));
  });
  afterAll(async () => {
    for (const index of indexes ?? []) await index.stop();
    await database?.drop();
  });

  const pulls = (count: number, address: string): Promise<HttpResponse>[] =>
    Array.from({ length: count }, (_, i) =>
      requestToken(from(indexes[i % indexes.length]!.anonymous, address), 'reg', scope),
    );

  it('is exact across all processes, and reports what remains (R17)', async () => {
    const first = await requestToken(from(indexes[0]!.anonymous, '192.0.2.1'), 'reg', scope);
    assert.equal(first.status, 200);
    assert.equal(
      first.headers['ratelimit-policy'],
      '"token-requests";q=30000;w=300, "anonymous-pulls";q=200;w=21600',
    );
    const [, remaining, reset] = /, "anonymous-pulls";r=(\d+);t=(\d+)$/.exec(first.headers.ratelimit!)!;
    assert.equal(Number(remaining), 199);
    assert.ok(Number(reset) <= 21_600 && Number(reset) > 20_000);
    const { granted, rejected } = await outcomes(pulls(399, '192.0.2.1'));
    assert.equal(granted + 1, 200);
    for (const response of rejected) {
      assert.match(
        response.json.details as string,
        /too many pulls without an account .*log in, or try again in/,
      );
      assert.equal(response.json.errors[0].code, 'TOOMANYREQUESTS');
      assert.ok(Number(response.headers['retry-after']) > 20_000);
      assert.match(response.headers.ratelimit!, /^"anonymous-pulls";r=0;t=\d+$/);
      assert.match(response.json.details as string, /\(200 in 6 hours\)/);
      assert.equal(response.json.token, undefined);
    }
  });

  it('applies per address or /64, and not to signed-in callers or to requests without pull', async () => {
    await outcomes(pulls(230, '192.0.2.2'));
    const [first, second] = [indexes[0]!, indexes[1]!];
    assert.equal((await requestToken(from(first.anonymous, '192.0.2.2'), 'reg', scope)).status, 429);
    assert.equal((await requestToken(from(first.anonymous, '192.0.2.3'), 'reg', scope)).status, 200);
    assert.equal((await requestToken(from(first.anonymous, '192.0.2.2'), 'reg')).status, 200);
    assert.equal((await requestToken(from(alice, '192.0.2.2'), 'reg', scope)).status, 200);
    await outcomes(pulls(230, '2001:db8:1:2::1'));
    assert.equal(
      (await requestToken(from(second.anonymous, '2001:db8:1:2:ffff::9'), 'reg', scope)).status,
      429,
    );
    assert.equal((await requestToken(from(second.anonymous, '2001:db8:1:3::1'), 'reg', scope)).status, 200);
  });

  it('needs one query per several pulls', async () => {
    await outcomes(pulls(8, '192.0.2.4'));
    // Each of the two processes leased five pulls, more than it granted.
    const counted = await indexes[0]!.app
      .get(Database)
      .query(sql(`select points from rate_limit where key = 'anonymous-pull:192.0.2.4'`));
    assert.deepEqual(counted, [{ points: 10 }]);
  });
});

describe('client address behind proxies (S37)', () => {
  /** The address or network to which the limit assigns a request with these headers. */
  async function countedAs(
    index: IndexUnderTest,
    headers: Record<string, string>,
  ): Promise<string | undefined> {
    const database = index.app.get(Database);
    await database.query(sql('delete from rate_limit'));
    await requestToken(index.anonymous.with(headers), 'reg', scope);
    const [row] = await database.query(
      sql<{ key: string }>(`select key from rate_limit where key like 'anonymous-pull:%'`),
    );
    return row?.key.replace('anonymous-pull:', '');
  }
  const spoofed = ['198.51.100.7', '127.0.0.2', '::1', '2001:db8::1', 'localhost', 'x', '10.0.0.1, 10.0.0.2'];
  const names = [
    'x-real-ip',
    'forwarded',
    'x-client-ip',
    'cf-connecting-ip',
    'true-client-ip',
    'x-forwarded',
  ];

  it('ignores forwarding headers without a trusted proxy, and trusts only those that the proxy adds', async () => {
    const database = await createTestDatabase();
    const startBehind = (proxies: string): Promise<IndexUnderTest> =>
      IndexUnderTest.start({ ANONYMOUS_PULL_LIMIT: '19', TRUSTED_PROXIES: proxies }, database);
    const withoutProxy = await startBehind('');
    const behindOne = await startBehind('127.0.0.1');
    const behindTwo = await startBehind('127.0.0.1, 203.0.113.0/24');
    await publish(withoutProxy);
    let attempts = 0;
    try {
      const real = '198.51.100.99';
      for (const text of spoofed) {
        for (const name of names) {
          assert.equal(await countedAs(withoutProxy, { [name]: text }), '127.0.0.1', `${name}: ${text}`);
          assert.equal(await countedAs(behindOne, { [name]: text, 'x-forwarded-for': real }), real, name);
          attempts += 2;
        }
        const others = {
          'x-forwarded-host': 'evil.example',
          'x-forwarded-proto': 'https',
          host: 'evil.example',
        };
        assert.equal(
          await countedAs(withoutProxy, { 'x-forwarded-for': text, ...others }),
          '127.0.0.1',
          text,
        );
        assert.equal(
          await countedAs(behindOne, { 'x-forwarded-for': `${text}, ${real}`, ...others }),
          real,
          text,
        );
        const chain = `${text}, ${real}, 203.0.113.5`;
        assert.equal(await countedAs(behindTwo, { 'x-forwarded-for': chain }), real, text);
        assert.equal(await countedAs(behindOne, { 'x-forwarded-for': chain }), '203.0.113.5', text);
        attempts += 4;
      }
      assert.ok(attempts >= 50);
      const challenge = await withoutProxy.anonymous.get('/v2/', {
        headers: { host: 'evil.example', forwarded: 'host=evil.example' },
      });
      assert.ok(!challenge.headers['www-authenticate']!.includes('evil'));
    } finally {
      for (const index of [withoutProxy, behindOne, behindTwo]) await index.stop();
      await database.drop();
    }
  });
});

describe('wrong passwords at the token endpoint (S07)', () => {
  it('lead to an error that docker prints, and do not lock out access tokens', async () => {
    const index = await IndexUnderTest.start({ TRUSTED_PROXIES: '127.0.0.1' });
    try {
      const alice = await publish(index);
      const token = (await withToken(alice, ['pull'], ['alice/*'])).headers.authorization!.slice(
        'Bearer '.length,
      );
      assert.equal((await requestToken(from(alice, '192.0.2.10'), 'reg')).status, 200);
      for (let i = 0; i < 12; i++) {
        const wrong = from(index.anonymous.basic('alice', `wrong ${i}`), '192.0.2.11');
        const response = await requestToken(wrong, 'reg');
        assert.equal(response.status, i < 10 ? 401 : 429);
        if (i < 10) continue;
        assert.match(response.json.details as string, /too many wrong passwords: .*access token/);
        assert.equal(response.json.errors[0].code, 'TOOMANYREQUESTS');
        assert.ok(Number(response.headers['retry-after']) > 0);
        assert.match(response.headers.ratelimit!, /^"wrong-passwords";r=0;t=\d+$/);
        assert.equal(response.headers['ratelimit-policy'], '"wrong-passwords";q=10;w=300');
      }
      for (let i = 0; i < 20; i++) {
        const byToken = from(index.anonymous.basic('alice', token), '192.0.2.11');
        assert.equal((await requestToken(byToken, 'reg', scope)).status, 200);
      }
      assert.equal((await requestToken(from(alice, '192.0.2.10'), 'reg')).status, 200);
    } finally {
      await index.stop();
    }
  });
});
