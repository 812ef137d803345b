import { Database, sql } from '@central-index/platform/database';
import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import type { Actor, HttpResponse } from '../support/client';
import { IndexUnderTest } from '../support/index-under-test';
import { withToken } from '../support/users';

const path = '/api/v1/user/sessions';
const password = 'a long password of alice';

describe('sessions', () => {
  let index: IndexUnderTest;
  let alice: Actor;
  let bob: Actor;
  beforeAll(async () => {
    index = await IndexUnderTest.start({ RATE_LIMITS: 'off', TRUSTED_PROXIES: '127.0.0.1' });
    alice = await index.signUp('alice');
    bob = await index.signUp('bob');
  });
  afterAll(() => index.stop());

  const login = (headers: Record<string, string> = {}): Promise<HttpResponse> =>
    index.anonymous.with(headers).post('/api/v1/login', { username: 'alice', password });
  const browserOf = (response: HttpResponse): Actor =>
    index.anonymous.with({ cookie: response.setCookie[0]!.split(';', 1)[0]! });
  const items = async (actor: Actor): Promise<Record<string, unknown>[]> => {
    const response = await actor.get(`${path}?per_page=100`);
    assert.equal(response.status, 200);
    return response.json.items as Record<string, unknown>[];
  };

  it('are listed with address, browser and times, newest first, and none of others', async () => {
    await login({ 'user-agent': 'Firefox/150', 'x-forwarded-for': '198.51.100.7' });
    const phone = browserOf(
      await login({ 'user-agent': 'x'.repeat(1_000), 'x-forwarded-for': '2001:db8::7' }),
    );
    const [second, first] = await items(phone);
    assert.deepEqual(Object.keys(first!).sort(), [
      'address',
      'created_at',
      'current',
      'expires_at',
      'id',
      'last_seen_at',
      'user_agent',
    ]);
    assert.deepEqual(
      [first!.user_agent, first!.address, first!.current],
      ['Firefox/150', '198.51.100.7', false],
    );
    assert.deepEqual(
      [second!.user_agent, second!.address, second!.current],
      ['x'.repeat(255), '2001:db8::7', true],
    );
    assert.deepEqual(
      (await items(alice)).map(({ current }) => current),
      [false, false],
    );
    assert.deepEqual(await items(bob), []);
    const page = await alice.get(`${path}?per_page=1`);
    const next = await alice.get(`${path}?per_page=1&cursor=${page.json.next as string}`);
    assert.deepEqual([page.json.items[0].id, next.json.items[0].id], [second!.id, first!.id]);
  });

  it('end one by one, or all together', async () => {
    const laptop = browserOf(await login());
    const phone = browserOf(await login());
    const [{ id: phoneId }, { id: laptopId }] = (await items(alice)) as [{ id: string }, { id: string }];
    assert.equal((await bob.delete(`${path}/${phoneId}`)).status, 404, 'sessions of others');
    for (const absent of ['999999999', 'x', '0']) {
      assert.ok([400, 404].includes((await alice.delete(`${path}/${absent}`)).status));
    }
    const ended = await laptop.delete(`${path}/${phoneId}`);
    assert.deepEqual([ended.status, ended.setCookie.length], [204, 0]);
    assert.equal((await phone.get('/api/v1/user')).status, 401);
    assert.equal((await alice.delete(`${path}/${phoneId}`)).status, 404);
    assert.equal((await laptop.get('/api/v1/user')).status, 200);

    const own = await laptop.delete(`${path}/${laptopId}`);
    assert.equal(own.status, 204);
    assert.match(own.setCookie[0]!, /Expires=Thu, 01 Jan 1970/);
    assert.equal((await laptop.get('/api/v1/user')).status, 401);

    const others = [browserOf(await login()), browserOf(await login())];
    const ofBob = browserOf(
      await index.anonymous.post('/api/v1/login', { username: 'bob', password: 'a long password of bob' }),
    );
    const all = await others[0]!.delete(path);
    assert.equal(all.status, 204);
    assert.match(all.setCookie[0]!, /Expires=Thu, 01 Jan 1970/);
    for (const browser of others) assert.equal((await browser.get('/api/v1/user')).status, 401);
    assert.deepEqual(await items(alice), []);
    assert.equal((await ofBob.get('/api/v1/user')).status, 200);
    const actions = await index.app
      .get(Database, { strict: false })
      .query(sql<{ action: string }>(`select action from audit_event where action like 'session.%ended'`));
    assert.deepEqual(
      actions.map(({ action }) => action),
      ['session.ended', 'session.ended', 'session.all-ended'],
    );
  });

  it('are not shown to access tokens, and not after they have expired', async () => {
    const token = await withToken(alice, ['pull', 'metadata'], ['*/*']);
    await login();
    const [session] = await items(alice);
    for (const response of [
      await token.get(path),
      await token.delete(path),
      await token.delete(`${path}/${session!.id as string}`),
    ]) {
      assert.equal(response.json.errors[0].code, 'ACCESS_TOKEN_REFUSED');
    }
    for (const change of [
      "last_seen_at = now() - interval '49 hours'",
      "expires_at = now() - interval '1 second'",
    ]) {
      await login();
      await index.app.get(Database, { strict: false }).query(sql(`update session set ${change}`));
      assert.deepEqual(await items(alice), []);
    }
  });

  it('are at most 100 of an account: the oldest end, however many start concurrently', async () => {
    const first = browserOf(await login());
    const ofBob = browserOf(
      await index.anonymous.post('/api/v1/login', { username: 'bob', password: 'a long password of bob' }),
    );
    for (let batch = 0; batch < 11; batch += 1) {
      const responses = await Promise.all(Array.from({ length: 10 }, () => login()));
      assert.ok(responses.every(({ status }) => status === 200));
    }
    assert.equal((await items(alice)).length, 100);
    const [row] = await index.app
      .get(Database, { strict: false })
      .query(
        sql<{ n: number }>(
          `select count(*)::integer as n from session where account_id = (select id from account where name = 'alice')`,
        ),
      );
    assert.equal(row!.n, 100);
    assert.equal((await first.get('/api/v1/user')).status, 401);
    assert.equal((await ofBob.get('/api/v1/user')).status, 200);
  });
});
