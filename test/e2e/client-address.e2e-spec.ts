import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { Database, sql } from '@central-index/platform/database';
import { IndexUnderTest } from '../support/index-under-test';
import { ProductFixture } from '../support/product';
import { markActive, grantedAccess, register, requestToken } from '../support/token-fixtures';

const scope = ['repository:alice/app:pull'];

describe('client addresses that a trusted proxy reports', () => {
  let index: IndexUnderTest;
  beforeAll(async () => {
    index = await IndexUnderTest.start({ ANONYMOUS_PULL_LIMIT: '5', TRUSTED_PROXIES: 'loopback' });
    const alice = await index.signUp('alice');
    await register(index, { name: 'reg', url: 'http://localhost:23370' });
    await grantedAccess(alice, 'reg', scope[0]!.replace('pull', 'push,pull'));
    await markActive(index, 'alice/app');
  });
  afterAll(() => index.stop());

  const pull = async (forwarded: string): Promise<number> =>
    (await requestToken(index.anonymous.with({ 'x-forwarded-for': forwarded }), 'reg', scope)).status;

  it('are the same client whatever its port, brackets, spelling and zone are', async () => {
    const clients: ((at: number) => string)[] = [
      (at) => `192.0.2.7:${40_000 + at}`,
      (at) => `::ffff:192.0.2.8${at % 2 === 0 ? '' : ' '}`,
      (at) => `[2001:db8::1]:${40_000 + at}`,
      (at) => (at % 2 === 0 ? '2001:DB8:1:0::1' : '[2001:0db8:1::1]'),
      (at) => `fe80::1%eth${at}`,
      // Each would be another client.
      (at) => `not-an-ip-${at}`,
    ];
    for (const forwardedAt of clients) {
      const statuses: number[] = [];
      for (let at = 0; at < 12; at += 1) statuses.push(await pull(forwardedAt(at)));
      assert.deepEqual(
        statuses.map((status) => (status === 200 ? 'granted' : status)),
        [...Array.from({ length: 5 }, () => 'granted'), ...Array.from({ length: 7 }, () => 429)],
        forwardedAt(0),
      );
    }
    const rows = await index.app
      .get(Database)
      .query(
        sql<{ key: string }>(`select key from rate_limit where key like 'anonymous-pull:%' order by key`),
      );
    assert.deepEqual(
      rows.map(({ key }) => key.slice('anonymous-pull:'.length)),
      [
        '127.0.0.1',
        '192.0.2.7',
        '192.0.2.8',
        '2001:db8:0:0::/64',
        '2001:db8:1:0::/64',
        'fe80:0:0:0::/64',
      ].sort(),
    );
  });

  it('come with the id of the request, which the response has', async () => {
    const idOf = async (id: string): Promise<string> =>
      (await index.anonymous.get('/healthz', { headers: { 'x-request-id': id } })).headers['x-request-id']!;
    assert.equal(await idOf('proxy-1/abc'), 'proxy-1/abc');
    assert.match(await idOf('x'.repeat(129)), /^[\da-f-]{36}$/);
    assert.match(await idOf('two words'), /^[\da-f-]{36}$/);
  });
});

describe('TRUSTED_PROXIES', () => {
  it('is refused in one line when it is no list of addresses, and nothing is started', async () => {
    const product = await ProductFixture.create();
    try {
      for (const command of ['start', 'server', 'worker']) {
        const { code, stdout, stderr } = await product.run([command], { TRUSTED_PROXIES: '10.0.0.1, nginx' });
        assert.notEqual(code, 0, command);
        assert.equal(stdout, '', command);
        assert.match(
          stderr,
          /^[^\n]*TRUSTED_PROXIES: "nginx" is neither an IP address nor a network[^\n]*\n$/,
        );
      }
    } finally {
      await product.remove();
    }
  });
});
