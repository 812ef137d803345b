import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { Database, sql } from '@central-index/platform/database';
import type { Actor } from '../support/client';
import { eventually } from '../support/eventually';
import { IndexUnderTest } from '../support/index-under-test';

const request = { label: 'build server', permissions: ['pull', 'push'], repositories: ['alice/*'] };

describe('personal access tokens', () => {
  let index: IndexUnderTest;
  let alice: Actor;
  let bob: Actor;
  beforeAll(async () => {
    index = await IndexUnderTest.start();
    alice = await index.signUp('alice');
    bob = await index.signUp('bob');
  });
  afterAll(() => index.stop());

  // In a transaction, after which no cache holds what it changed.
  const rows = <T extends object>(text: string, values: unknown[] = []): Promise<T[]> => {
    const database = index.app.get(Database, { strict: false });
    return database.transaction((manager) => database.query(sql<T>(text), values, manager));
  };
  const createToken = async (
    more: Record<string, unknown> = {},
    owner = alice,
  ): Promise<{ id: string; token: string }> =>
    (await owner.post('/api/v1/user/tokens', { ...request, ...more })).json;
  const status = async (actor: Actor): Promise<number> => (await actor.get('/api/v1/user')).status;

  it('are shown once, and stored as a hash only (S25)', async () => {
    const created = await alice.post('/api/v1/user/tokens', request);
    assert.equal(created.status, 201);
    assert.match(created.json.token, /^ci_pat_[0-9A-Za-z]{36}$/);
    assert.deepEqual(created.json.permissions, request.permissions);
    assert.deepEqual(created.json.repositories, request.repositories);
    assert.equal(created.json.expires_at, null);
    const list = await alice.get('/api/v1/user/tokens');
    assert.equal(list.json.items[0].id, created.json.id);
    assert.ok(!list.text.includes(created.json.token));
    assert.ok(!list.text.includes('token"'));
  });

  it('authenticate as Bearer, and as Basic only with the name of their owner', async () => {
    const { token } = await createToken();
    assert.equal(await status(index.anonymous.bearer(token)), 200);
    assert.equal(await status(index.anonymous.basic('alice', token)), 200);
    assert.equal(await status(index.anonymous.basic('bob', token)), 401);
    assert.equal(await status(index.anonymous.basic('', token)), 401);
    assert.equal(await status(index.anonymous.bearer(`${token}x`)), 401);
  });

  it('return 403 for account settings, and start no session (DESIGN 10.6)', async () => {
    const { id, token } = await createToken();
    for (const byToken of [index.anonymous.bearer(token), index.anonymous.basic('alice', token)]) {
      for (const response of [
        await byToken.patch('/api/v1/user', { email: 'x@example.org' }),
        await byToken.delete('/api/v1/user'),
        await byToken.get('/api/v1/user/tokens'),
        await byToken.post('/api/v1/user/tokens', request),
        await byToken.delete(`/api/v1/user/tokens/${id}`),
      ]) {
        assert.equal(response.status, 403);
        assert.equal(response.json.errors[0].code, 'ACCESS_TOKEN_REFUSED');
      }
    }
    const login = await index.anonymous.post('/api/v1/login', { username: 'alice', password: token });
    assert.equal(login.status, 401);
    assert.deepEqual(login.setCookie, []);
  });

  it('return 401 once their owner has revoked them; other accounts cannot (S22, S29)', async () => {
    const { id, token } = await createToken();
    assert.equal((await bob.delete(`/api/v1/user/tokens/${id}`)).status, 404);
    assert.equal(await status(index.anonymous.bearer(token)), 200);
    assert.equal((await alice.delete(`/api/v1/user/tokens/${id}`)).status, 204);
    assert.equal(await status(index.anonymous.bearer(token)), 401);
    assert.equal((await alice.delete(`/api/v1/user/tokens/${id}`)).status, 404);
    for (const invalidId of ['0', '-1', 'abc', '1e3', '99999999999999999999', '%00']) {
      const response = await alice.delete(`/api/v1/user/tokens/${invalidId}`);
      assert.ok(response.status === 400 || response.status === 404, `${invalidId}: ${response.status}`);
    }
  });

  it('return 401 after they have expired', async () => {
    const { id, token } = await createToken({ expires_at: new Date(Date.now() + 3_600_000).toISOString() });
    assert.equal(await status(index.anonymous.bearer(token)), 200);
    await rows(`update access_token set expires_at = now() - interval '1 second' where id = $1`, [id]);
    assert.equal(await status(index.anonymous.bearer(token)), 401);
  });

  it('return 401 when malformed, and do not count as wrong passwords', async () => {
    const { token } = await createToken();
    const edited = token.slice(0, 20) + (token[20] === 'a' ? 'b' : 'a') + token.slice(21);
    for (let i = 0; i < 25; i += 1) {
      assert.equal(await status(index.anonymous.basic('alice', edited)), 401);
    }
    assert.equal(await status(index.anonymous.basic('alice', 'ci_pat_what a user once typed')), 401);
    const failures = await rows('select from password_failure');
    assert.deepEqual(failures, []);
  });

  it('show the last use, updated at most once per minute, and audit the first use', async () => {
    const { id, token } = await createToken();
    const lastUsed = async (): Promise<string | null> =>
      (await alice.get('/api/v1/user/tokens')).json.items[0].last_used_at as string | null;
    assert.equal(await lastUsed(), null);
    await Promise.all(Array.from({ length: 8 }, () => status(index.anonymous.bearer(token))));
    const first = await lastUsed();
    assert.ok(Math.abs(Date.now() - Date.parse(first!)) < 60_000);
    await status(index.anonymous.bearer(token));
    assert.equal(await lastUsed(), first);
    // The change of expires_at invalidates the cached token, so that it is read again.
    await rows(
      `update access_token set last_used_at = now() - interval '61 seconds', expires_at = now() + interval '1 day'
        where id = $1`,
      [id],
    );
    await eventually(async () => {
      await status(index.anonymous.bearer(token));
      assert.ok(Date.parse((await lastUsed())!) >= Date.parse(first!));
    });
    const events = await rows<{ action: string }>(
      `select action from audit_event where subject_type = 'access-token' and subject = $1 order by id`,
      [id],
    );
    assert.deepEqual(
      events.map(({ action }) => action),
      ['access-token.created', 'access-token.first-used'],
    );
  });

  it('are listed to their owner only, in pages, the newest first', async () => {
    const carol = await index.signUp('carol');
    const created: string[] = [];
    for (let i = 0; i < 5; i += 1) created.unshift((await createToken({ label: `t${i}` }, carol)).id);
    const listed: string[] = [];
    let cursor = '';
    do {
      const { json } = await carol.get(`/api/v1/user/tokens?per_page=2${cursor}`);
      assert.ok(json.items.length <= 2);
      listed.push(...json.items.map(({ id }: { id: string }) => id));
      cursor = json.next === null ? '' : `&cursor=${json.next}`;
    } while (cursor !== '');
    assert.deepEqual(listed, created);
    for (const query of [
      'per_page=0',
      'per_page=101',
      'per_page=x',
      'cursor=%00',
      'cursor=MScgb3IgMT0x',
      'page=2',
      'cursor=MQ&cursor=MQ',
    ]) {
      assert.equal((await carol.get(`/api/v1/user/tokens?${query}`)).status, 400, query);
    }
  });

  it('return 400 for invalid labels, permissions, patterns and dates', async () => {
    const cases: Record<string, unknown>[] = [
      { label: '' },
      { label: 'x'.repeat(101) },
      { permissions: [] },
      { permissions: ['admin'] },
      { permissions: ['pull', 'pull'] },
      { permissions: 'pull' },
      { repositories: [] },
      { repositories: ['*'] },
      { repositories: ['Centos'] },
      { repositories: ['alice/a/b'] },
      { repositories: ['Alice/*'] },
      { expires_at: '2020-01-01T00:00:00Z' },
      { expires_at: 'tomorrow' },
      { account_id: '1' },
      { token: 'ci_pat_x' },
    ];
    for (const change of cases) {
      const response = await alice.post('/api/v1/user/tokens', { ...request, ...change });
      assert.equal(response.status, 400, JSON.stringify(change));
    }
  });
});
