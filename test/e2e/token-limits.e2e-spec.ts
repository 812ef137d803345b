import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { Database } from '@central-index/platform/database';
import type { Actor, HttpResponse } from '../support/client';
import { createTestDatabase, type TestDatabase } from '../support/database';
import { IndexUnderTest } from '../support/index-under-test';
import { withToken } from '../support/users';
import { markActive, requestToken, grantedAccess, register } from '../support/token-fixtures';

const scope = ['repository:alice/app:pull'];
const from = (caller: Actor, address: string): Actor => caller.with({ 'x-forwarded-for': address });

/** One repository that everybody may pull. */
async function publish(index: IndexUnderTest): Promise<Actor> {
  const alice = await index.signUp('alice');
  await register(index, { name: 'reg', url: 'http://localhost:23370' });
  await grantedAccess(alice, 'reg', 'repository:alice/app:push,pull');
  await markActive(index, 'alice/app');
  return alice;
}

async function outcomes(
  asks: Promise<HttpResponse>[],
): Promise<{ granted: number; refused: HttpResponse[] }> {
  const responses = await Promise.all(asks);
  const refused = responses.filter(({ status }) => status === 429);
  assert.equal(responses.filter(({ status }) => status === 200).length + refused.length, responses.length);
  return { granted: responses.length - refused.length, refused };
}

describe('the limit on pulls without an account', () => {
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

  it('R17: is one for all processes, to the last pull, and says how it stands', async () => {
    const first = await requestToken(from(indexes[0]!.anonymous, '192.0.2.1'), 'reg', scope);
    assert.equal(first.status, 200);
    assert.deepEqual(
      [first.headers['ratelimit-limit'], first.headers['ratelimit-policy']],
      ['200', '200;w=21600'],
    );
    assert.equal(Number(first.headers['ratelimit-remaining']), 199);
    assert.ok(Number(first.headers['ratelimit-reset']) <= 21_600);
    const { granted, refused } = await outcomes(pulls(399, '192.0.2.1'));
    assert.equal(granted + 1, 200);
    for (const response of refused) {
      assert.match(
        response.json.details as string,
        /too many pulls without an account .*log in, or try again in/,
      );
      assert.equal(response.json.errors[0].code, 'TOOMANYREQUESTS');
      assert.ok(Number(response.headers['retry-after']) > 20_000);
      assert.deepEqual([response.headers['ratelimit-remaining'], response.json.token], ['0', undefined]);
    }
  });

  it('is of one address or one /64, and of nobody who signs in or pulls nothing', async () => {
    await outcomes(pulls(230, '192.0.2.2'));
    const [one, other] = [indexes[0]!, indexes[1]!];
    assert.equal((await requestToken(from(one.anonymous, '192.0.2.2'), 'reg', scope)).status, 429);
    assert.equal((await requestToken(from(one.anonymous, '192.0.2.3'), 'reg', scope)).status, 200);
    assert.equal((await requestToken(from(one.anonymous, '192.0.2.2'), 'reg')).status, 200);
    assert.equal((await requestToken(from(alice, '192.0.2.2'), 'reg', scope)).status, 200);
    await outcomes(pulls(230, '2001:db8:1:2::1'));
    assert.equal(
      (await requestToken(from(other.anonymous, '2001:db8:1:2:ffff::9'), 'reg', scope)).status,
      429,
    );
    assert.equal((await requestToken(from(other.anonymous, '2001:db8:1:3::1'), 'reg', scope)).status, 200);
  });

  it('costs a query for some pulls, not for each', async () => {
    await outcomes(pulls(8, '192.0.2.4'));
    // Each of the two processes took five, which is more than it let pass.
    const counted = await indexes[0]!.app
      .get(Database)
      .rows(`select points from rate_limit where key = 'anonymous-pull:192.0.2.4'`);
    assert.deepEqual(counted, [{ points: 10 }]);
  });
});

describe('S37: what a client says of its address', () => {
  /** What the limit counts a request with these headers as coming from. */
  async function countedAs(
    index: IndexUnderTest,
    headers: Record<string, string>,
  ): Promise<string | undefined> {
    const database = index.app.get(Database);
    await database.rows('delete from rate_limit');
    await requestToken(index.anonymous.with(headers), 'reg', scope);
    const [row] = await database.rows<{ key: string }>(
      `select key from rate_limit where key like 'anonymous-pull:%'`,
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

  it('counts for nothing without a proxy, and behind one only what that proxy says', async () => {
    const database = await createTestDatabase();
    const behind = (proxies: string): Promise<IndexUnderTest> =>
      IndexUnderTest.start({ ANONYMOUS_PULL_LIMIT: '19', TRUSTED_PROXIES: proxies }, database);
    const open = await behind('');
    const behindOne = await behind('127.0.0.1');
    const behindTwo = await behind('127.0.0.1, 203.0.113.0/24');
    await publish(open);
    let tried = 0;
    try {
      const real = '198.51.100.99';
      for (const text of spoofed) {
        for (const name of names) {
          assert.equal(await countedAs(open, { [name]: text }), '127.0.0.1', `${name}: ${text}`);
          assert.equal(await countedAs(behindOne, { [name]: text, 'x-forwarded-for': real }), real, name);
          tried += 2;
        }
        const others = {
          'x-forwarded-host': 'evil.example',
          'x-forwarded-proto': 'https',
          host: 'evil.example',
        };
        assert.equal(await countedAs(open, { 'x-forwarded-for': text, ...others }), '127.0.0.1', text);
        assert.equal(
          await countedAs(behindOne, { 'x-forwarded-for': `${text}, ${real}`, ...others }),
          real,
          text,
        );
        const chain = `${text}, ${real}, 203.0.113.5`;
        assert.equal(await countedAs(behindTwo, { 'x-forwarded-for': chain }), real, text);
        assert.equal(await countedAs(behindOne, { 'x-forwarded-for': chain }), '203.0.113.5', text);
        tried += 4;
      }
      assert.ok(tried >= 50);
      const challenge = await open.anonymous.get('/v2/', {
        headers: { host: 'evil.example', forwarded: 'host=evil.example' },
      });
      assert.ok(!challenge.headers['www-authenticate']!.includes('evil'));
    } finally {
      for (const index of [open, behindOne, behindTwo]) await index.stop();
      await database.drop();
    }
  });
});

describe('S07: wrong passwords at the token endpoint', () => {
  it('end in words that docker prints, and stop no access token', async () => {
    const index = await IndexUnderTest.start({ TRUSTED_PROXIES: '127.0.0.1' });
    try {
      const alice = await publish(index);
      const tool = (await withToken(alice, ['pull'], ['alice/*'])).headers.authorization!.slice(
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
      }
      for (let i = 0; i < 20; i++) {
        const byToken = from(index.anonymous.basic('alice', tool), '192.0.2.11');
        assert.equal((await requestToken(byToken, 'reg', scope)).status, 200);
      }
      assert.equal((await requestToken(from(alice, '192.0.2.10'), 'reg')).status, 200);
    } finally {
      await index.stop();
    }
  });
});
