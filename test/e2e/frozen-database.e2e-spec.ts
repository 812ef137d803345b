import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import type { Actor } from '../support/client';
import { createTestDatabase, type TestDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { IndexUnderTest } from '../support/index-under-test';
import { diagnostic } from '../support/jest';
import { NetworkFault } from '../support/network-fault';

// What a loaded machine may add to the promised times.
const toleranceMs = 500;

describe('while the database is frozen', () => {
  let database: TestDatabase;
  let fault: NetworkFault;
  let index: IndexUnderTest;
  let alice: Actor;

  beforeAll(async () => {
    database = await createTestDatabase();
    fault = await NetworkFault.start(database.url);
    index = await IndexUnderTest.start({ DATABASE_URL: fault.url, RATE_LIMITS: 'off' }, database);
    alice = await index.signUp('alice');
    await alice.post('/api/v1/namespaces/alice/repositories', { name: 'app' });
    await eventually(async () => {
      assert.equal((await index.anonymous.get('/readyz')).json.status, 'ready');
    });
  });
  afterAll(async () => {
    fault.heal();
    await index.stop();
    await fault.close();
    await database.drop();
  });

  const timed = async (
    request: () => Promise<{ status: number }>,
  ): Promise<{ status: number; ms: number }> => {
    const start = performance.now();
    const { status } = await request();
    return { status, ms: performance.now() - start };
  };

  it('answers every request with 503 within 5 s, and /readyz within 2 s', async () => {
    fault.freeze();
    const unknown = (n: number): Actor => index.anonymous.basic(`unknown-${n}`, 'a long wrong password');
    const requests: (() => Promise<{ status: number }>)[] = [
      // More than there are connections, so that some wait for a free one.
      ...Array.from({ length: 30 }, (_, n) => () => unknown(n).get('/token?service=central-index')),
      () => index.anonymous.get('/api/v1/search?q=app'),
      () => index.anonymous.get('/v1/search?q=app'),
      () => index.anonymous.get('/api/v1/repositories/alice/app'),
      () => index.anonymous.get('/api/v1/repositories/alice/app/tags'),
      () => alice.get('/api/v1/user'),
      () => alice.post('/api/v1/namespaces/alice/repositories', { name: 'other' }),
      () => index.anonymous.post('/api/v1/login', { username: 'alice', password: 'a wrong password' }),
      () =>
        index.anonymous.post('/api/v1/users', {
          username: 'frozen',
          email: 'frozen@example.org',
          password: 'a long password of frozen',
        }),
      () => index.anonymous.get('/.well-known/central-index/ca.pem'),
      () => index.anonymous.get('/.well-known/jwks.json'),
      () => index.anonymous.basic('main', 'x'.repeat(40)).post('/hooks/registry/main', { events: [] }),
    ];
    // After it, no cache is trusted any more.
    await eventually(async () => {
      const { status, ms } = await timed(() => index.anonymous.get('/readyz'));
      assert.ok(ms < 2_000 + toleranceMs, `/readyz took ${ms} ms`);
      assert.equal(status, 503);
    }, 10_000);
    const results = await Promise.all(
      requests.map(async (request) => ({ request: String(request), ...(await timed(request)) })),
    );
    const slowest = Math.round(Math.max(...results.map(({ ms }) => ms)));
    diagnostic(`the slowest of ${results.length} requests took ${slowest} ms`);
    assert.deepEqual(
      results.filter(({ status }) => status !== 503),
      [],
    );
    assert.ok(slowest < 5_000 + toleranceMs, `${slowest} ms`);
    const { json } = await index.anonymous.get('/readyz');
    assert.equal(json.status, 'unavailable');
    assert.match(json.checks.database, /does not answer/);
    assert.match(json.checks.worker, /^unknown/);
    assert.equal((await index.anonymous.get('/healthz')).status, 200);
  });

  it('serves again when the database continues', async () => {
    fault.thaw();
    await eventually(async () => assert.equal((await index.anonymous.get('/readyz')).status, 200), 20_000);
    for (let n = 0; n < 10; n += 1) {
      const { status } = await alice.post('/api/v1/namespaces/alice/repositories', { name: `app-${n}` });
      assert.equal(status, 201);
    }
  });
});
