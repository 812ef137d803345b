import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { Database, sql } from '@central-index/platform/database';
import type { Actor, HttpResponse } from '../support/client';
import { InterruptibleProxy } from '../support/interruptible-proxy';
import { createTestDatabase, type TestDatabase } from '../support/database';
import { IndexUnderTest } from '../support/index-under-test';

// The test acts as a trusted proxy, so that it can send requests from any address.
const env = { TRUSTED_PROXIES: '127.0.0.1', RATE_LIMITS: 'off' };
let lastAddress = 0;
const freshAddress = (): string => {
  lastAddress += 1;
  return `198.18.${lastAddress >> 8}.${lastAddress & 255}`;
};
const from = (actor: Actor, address: string): Actor => actor.with({ 'x-forwarded-for': address });

describe('sign-in', () => {
  let database: TestDatabase;
  let server: IndexUnderTest;
  let peer: IndexUnderTest;
  beforeAll(async () => {
    database = await createTestDatabase();
    server = await IndexUnderTest.start(env, database);
    peer = await IndexUnderTest.start(env, database);
  });
  afterAll(async () => {
    await server.stop();
    await peer.stop();
    await database.drop();
  });

  const tryPassword = (
    name: string,
    password: string,
    address: string,
    index = server,
  ): Promise<HttpResponse> => from(index.anonymous.basic(name, password), address).get('/api/v1/user');
  const count = (responses: HttpResponse[], status: number): number =>
    responses.filter((response) => response.status === status).length;
  const setConsecutiveFailures = async (name: string, consecutive: number): Promise<void> => {
    await server.app.get(Database, { strict: false }).query(
      sql(`insert into password_failure (name, consecutive) values ($1, $2)
       on conflict (name) do update set consecutive = $2`),
      [name, consecutive],
    );
  };

  it('works by Basic, and by the cookie of a login, each of which starts a new session', async () => {
    const alice = await server.signUp('alice');
    assert.equal((await alice.get('/api/v1/user')).json.username, 'alice');
    const body = { username: 'alice', password: 'a long password of alice' };
    const login = await server.anonymous.post('/api/v1/login', body);
    assert.equal(login.status, 200);
    assert.equal(login.json.username, 'alice');
    const [cookie] = login.setCookie;
    assert.match(
      cookie!,
      /^central-index-session=[\w-]{43}; Path=\/; Expires=[^;]+; HttpOnly; SameSite=Lax$/,
    );
    const browser = server.anonymous.with({ cookie: cookie!.split(';', 1)[0]! });
    assert.equal((await browser.get('/api/v1/user')).json.username, 'alice');

    const secondLogin = await browser.post('/api/v1/login', body);
    assert.notEqual(secondLogin.setCookie[0], cookie);
    assert.equal((await browser.get('/api/v1/user')).status, 401, 'a login ends the previous session');
  });

  it('deletes the session on the server at logout', async () => {
    const login = await server.anonymous.post('/api/v1/login', {
      username: 'alice',
      password: 'a long password of alice',
    });
    const browser = server.anonymous.with({ cookie: login.setCookie[0]!.split(';', 1)[0]! });
    const logout = await browser.delete('/api/v1/login');
    assert.equal(logout.status, 204);
    assert.match(logout.setCookie[0]!, /^central-index-session=; .*Expires=Thu, 01 Jan 1970/);
    assert.equal((await browser.get('/api/v1/user')).status, 401);
  });

  it('sets a __Host- cookie with Secure when PUBLIC_URL is https', async () => {
    const secure = await IndexUnderTest.start({ ...env, PUBLIC_URL: 'https://index.example.org' }, database);
    try {
      const login = await secure.anonymous.post('/api/v1/login', {
        username: 'alice',
        password: 'a long password of alice',
      });
      assert.match(
        login.setCookie[0]!,
        /^__Host-central-index-session=[\w-]{43}; Path=\/; Expires=[^;]+; HttpOnly; Secure; SameSite=Lax$/,
      );
    } finally {
      await secure.stop();
    }
  });

  it('expires after 2 days without use, and after 14 days in any case', async () => {
    const rows = server.app.get(Database, { strict: false });
    for (const change of [
      "last_seen_at = now() - interval '49 hours'",
      "expires_at = now() - interval '1 second'",
    ]) {
      const login = await server.anonymous.post('/api/v1/login', {
        username: 'alice',
        password: 'a long password of alice',
      });
      const browser = server.anonymous.with({ cookie: login.setCookie[0]!.split(';', 1)[0]! });
      const days = (Date.parse(/Expires=([^;]+)/.exec(login.setCookie[0]!)![1]!) - Date.now()) / 86_400_000;
      assert.ok(days > 13.9 && days <= 14);
      assert.equal((await browser.get('/api/v1/user')).status, 200);
      await rows.query(sql(`update session set ${change}`));
      assert.equal((await browser.get('/api/v1/user')).status, 401);
      assert.equal((await browser.get('/healthz')).status, 200);
    }
  });

  it('rejects cross-site requests of browsers, sign-in included (S10)', async () => {
    const login = { username: 'alice', password: 'a long password of alice' };
    const sameSite = await server.anonymous
      .with({ origin: server.config.server.publicUrl })
      .post('/api/v1/login', login);
    assert.equal(sameSite.status, 200);
    const cookie = { cookie: sameSite.setCookie[0]!.split(';', 1)[0]! };
    for (const [header, value] of [
      ['origin', 'https://evil.example'],
      ['sec-fetch-site', 'cross-site'],
    ] as const) {
      const crossSite = server.anonymous.with({ [header]: value });
      assert.equal((await crossSite.post('/api/v1/login', login)).status, 403);
      const withCookie = crossSite.with(cookie);
      for (const response of [
        await withCookie.patch('/api/v1/user', { email: 'evil@example.org' }),
        await withCookie.delete('/api/v1/user'),
        await withCookie.delete('/api/v1/login'),
        await withCookie.post('/api/v1/user/tokens', {}),
      ]) {
        assert.equal(response.status, 403);
        assert.equal(response.json.errors[0].code, 'CROSS_SITE');
      }
    }
    const plain = await server.anonymous.with(cookie).send('PATCH', '/api/v1/user', {
      body: '{"email":"evil@example.org"}',
      headers: { 'content-type': 'text/plain' },
    });
    assert.equal(plain.status, 415);
    assert.equal((await server.anonymous.with(cookie).get('/api/v1/user')).json.email, 'alice@example.org');
  });

  it('verifies at most 10 wrong passwords per address in 5 minutes, across two processes (S06, R17)', async () => {
    await server.signUp('bob');
    const address = freshAddress();
    const responses = await Promise.all(
      Array.from({ length: 60 }, (_, i) => tryPassword('bob', `wrong ${i}`, address, i % 2 ? server : peer)),
    );
    assert.equal(count(responses, 401), 10);
    assert.equal(count(responses, 429), 50);
    for (const response of responses.filter(({ status }) => status === 429)) {
      assert.equal(response.json.errors[0].code, 'TOO_MANY_ATTEMPTS');
      const retryAfter = Number(response.headers['retry-after']);
      assert.ok(retryAfter > 290 && retryAfter <= 300, `retry-after ${retryAfter}`);
    }
    const correct = await tryPassword('bob', 'a long password of bob', address);
    assert.equal(correct.status, 429, 'the limit also applies to the correct password');
    assert.equal((await tryPassword('bob', 'a long password of bob', freshAddress())).status, 200);
  });

  it('applies the same limit to one password tried with many names, per /64 of IPv6 (S06)', async () => {
    const responses = [];
    for (let i = 0; i < 15; i += 1) {
      responses.push(await tryPassword(`absent${i}`, 'Summer-2026!!', `2001:db8:7:7::${i + 1}`));
    }
    assert.deepEqual(
      responses.map(({ status }) => status),
      [...Array<number>(10).fill(401), ...Array<number>(5).fill(429)],
    );
    assert.equal((await tryPassword('absent1', 'Summer-2026!!', '2001:db8:7:8::1')).status, 401);
  });

  it('does not count correct passwords, even if many are sent concurrently', async () => {
    await server.signUp('carol');
    const address = freshAddress();
    for (let round = 0; round < 3; round += 1) {
      const responses = await Promise.all(
        Array.from({ length: 20 }, (_, i) =>
          tryPassword('carol', 'a long password of carol', address, i % 2 ? server : peer),
        ),
      );
      assert.equal(count(responses, 200), 20);
    }
    const wrong = await Promise.all(
      Array.from({ length: 12 }, (_, i) => tryPassword('carol', `wrong ${i}`, address)),
    );
    assert.equal(count(wrong, 401), 10, 'correct passwords did not change the limit');
  });

  it('locks a name after exactly 100 consecutive failures, except for addresses that its owner has used (S06, S07)', async () => {
    await server.signUp('dave');
    const ownerAddress = freshAddress();
    const token = await from(server.anonymous.basic('dave', 'a long password of dave'), ownerAddress).post(
      '/api/v1/user/tokens',
      { label: 'ci', permissions: ['pull'], repositories: ['dave/*'] },
    );
    for (const name of ['dave', 'absent-account']) {
      await setConsecutiveFailures(name, 90);
      const responses = await Promise.all(
        Array.from({ length: 30 }, (_, i) =>
          tryPassword(name, `wrong ${i}`, freshAddress(), i % 2 ? server : peer),
        ),
      );
      assert.equal(count(responses, 401), 10, name);
      assert.equal(count(responses, 429), 20, name);
    }
    const unknownAddress = freshAddress();
    const locked = await tryPassword('dave', 'a long password of dave', unknownAddress);
    assert.equal(locked.status, 429);
    assert.match(locked.json.errors[0].message, /access token/);
    assert.ok(Number(locked.headers['retry-after']) > 0);
    const pulls = await Promise.all(
      Array.from({ length: 20 }, () =>
        from(server.anonymous.basic('dave', token.json.token), unknownAddress).get('/api/v1/user'),
      ),
    );
    assert.equal(count(pulls, 200), 20, 'access tokens still work');
    assert.equal((await tryPassword('dave', 'a long password of dave', ownerAddress, peer)).status, 200);
    const again = await tryPassword('dave', 'a long password of dave', unknownAddress);
    assert.equal(again.status, 429, 'a sign-in by the owner does not unlock other addresses');
  });

  it('resets the count of failures after a success', async () => {
    await server.signUp('erin');
    await setConsecutiveFailures('erin', 99);
    const address = freshAddress();
    assert.equal((await tryPassword('erin', 'a long password of erin', address)).status, 200);
    assert.equal((await tryPassword('erin', 'wrong', freshAddress())).status, 401);
    assert.equal((await tryPassword('erin', 'wrong', freshAddress())).status, 401);
  });

  it('responds to absent and existing names alike: status, headers, body, time (S08)', async () => {
    const names = ['alice', 'absent'];
    const headers = (response: HttpResponse): unknown =>
      Object.entries(response.headers).filter(([key]) => key !== 'date' && key !== 'x-request-id');
    const seconds: Record<string, number[]> = { alice: [], absent: [] };
    let body: string | undefined;
    let expectedHeaders: unknown;
    for (let round = 0; round < 90; round += 1) {
      for (const name of round % 2 ? names : [...names].reverse()) {
        const start = performance.now();
        const response = await tryPassword(name, `wrong ${round}`, freshAddress());
        seconds[name]!.push(performance.now() - start);
        assert.equal(response.status, 401);
        body ??= response.text;
        expectedHeaders ??= headers(response);
        assert.equal(response.text, body);
        assert.deepEqual(headers(response), expectedHeaders);
      }
    }
    // Probability that an existing name takes longer than an absent one: 1/2 if the times are indistinguishable, 1
    // if absent names are not hashed. The bounds allow for a busy machine.
    const pairs = seconds.alice!.flatMap((existing) =>
      seconds.absent!.map((absent) => (existing > absent ? 1 : 0)),
    );
    const chance = pairs.reduce<number>((sum, isSlower) => sum + isSlower, 0) / pairs.length;
    assert.ok(chance > 0.3 && chance < 0.7, `distinguishable with a probability of ${chance}`);
  });

  it('returns 503 while the database is unavailable, never INVALID_CREDENTIALS', async () => {
    const proxy = await InterruptibleProxy.to(database.url);
    const index = await IndexUnderTest.start({ DATABASE_URL: proxy.url }, database);
    try {
      const frank = await index.signUp('frank');
      proxy.cut();
      for (const response of [
        await frank.get('/api/v1/user'),
        await index.anonymous.basic('frank', 'wrong').get('/api/v1/user'),
        await index.anonymous.post('/api/v1/login', { username: 'frank', password: 'wrong' }),
      ]) {
        assert.equal(response.status, 503);
        assert.equal(response.json.errors[0].code, 'UNAVAILABLE');
        assert.ok(Number(response.headers['retry-after']) > 0);
      }
    } finally {
      await index.stop();
    }
  });

  it('writes one audit row per attempt, which never contains the name as it was typed (S43)', async () => {
    const canary = 'Typed In The Wrong Field';
    await tryPassword(canary, 'x', freshAddress());
    const rows = await server.app
      .get(Database, { strict: false })
      .query(sql<{ action: string; subject: string }>('select action, subject from audit_event'));
    assert.ok(rows.some(({ action, subject }) => action === 'account.signed-in' && subject === 'alice'));
    assert.ok(rows.some(({ action, subject }) => action === 'account.sign-in-failed' && subject === 'bob'));
    assert.ok(!JSON.stringify(rows).includes(canary));
  });
});
