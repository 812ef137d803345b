import { Database, sql } from '@central-index/platform/database';
import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import type { Actor, HttpResponse } from '../support/client';
import { createTestDatabase, type TestDatabase } from '../support/database';
import { IndexUnderTest } from '../support/index-under-test';
import { addOfficial, grantedAccess, markActive, register } from '../support/token-fixtures';

const path = '/api/v1/user/tokens';
const request = { label: 'build server', permissions: ['pull', 'push'], repositories: ['alice/*'] };
const inAnHour = (): string => new Date(Date.now() + 3_600_000).toISOString();

describe('access tokens as a resource', () => {
  let database: TestDatabase;
  let index: IndexUnderTest;
  let peer: IndexUnderTest;
  let alice: Actor;
  let bob: Actor;
  beforeAll(async () => {
    database = await createTestDatabase();
    index = await IndexUnderTest.start({ RATE_LIMITS: 'off' }, database);
    peer = await IndexUnderTest.start({ RATE_LIMITS: 'off' }, database);
    alice = await index.signUp('alice');
    bob = await index.signUp('bob');
  });
  afterAll(async () => {
    await index.stop();
    await peer.stop();
    await database.drop();
  });

  const rows = <T extends object>(text: string): Promise<T[]> =>
    index.app.get(Database, { strict: false }).query(sql<T>(text));
  const create = async (more: Record<string, unknown> = {}): Promise<{ id: string; token: string }> =>
    (await alice.post(path, { ...request, ...more })).json;
  const code = (response: HttpResponse): string => response.json.errors[0].code as string;

  it('are read by their owner, without the secret', async () => {
    const { token, ...created } = await create();
    const read = await alice.get(`${path}/${created.id}`);
    assert.equal(read.status, 200);
    assert.deepEqual(read.json, created);
    assert.ok(!read.text.includes(token));
    assert.equal((await bob.get(`${path}/${created.id}`)).status, 404);
    assert.equal((await alice.get(`${path}/999999`)).status, 404);
    assert.equal((await alice.get(`${path}/x`)).status, 400);
    assert.equal(
      code(await index.anonymous.bearer(token).get(`${path}/${created.id}`)),
      'ACCESS_TOKEN_REFUSED',
    );
  });

  it('change label and expiry, which every process knows when the response is sent', async () => {
    const { id, token } = await create({ expires_at: inAnHour() });
    const labelled = await alice.patch(`${path}/${id}`, { label: ' laptop ' });
    assert.deepEqual([labelled.status, labelled.json.label], [200, 'laptop']);
    assert.notEqual(labelled.json.expires_at, null, 'the expiry stays');
    const endless = await alice.patch(`${path}/${id}`, { expires_at: null });
    assert.deepEqual([endless.json.label, endless.json.expires_at], ['laptop', null]);
    assert.equal((await peer.anonymous.bearer(token).get('/api/v1/user')).status, 200);
    const soon = new Date(Date.now() + 1_500).toISOString();
    assert.equal((await alice.patch(`${path}/${id}`, { expires_at: soon })).json.expires_at, soon);
    await new Promise((resolve) => setTimeout(resolve, Date.parse(soon) - Date.now() + 20));
    for (const server of [index, peer]) {
      assert.equal((await server.anonymous.bearer(token).get('/api/v1/user')).status, 401);
    }
    const revived = await alice.patch(`${path}/${id}`, { expires_at: inAnHour() });
    assert.deepEqual([revived.status, code(revived)], [400, 'VALIDATION_FAILED']);
    assert.equal((await alice.patch(`${path}/${id}`, { label: 'former laptop' })).status, 200);
  });

  it('are not changed by others, nor in other ways', async () => {
    const { id } = await create();
    assert.equal((await bob.patch(`${path}/${id}`, { label: 'mine' })).status, 404);
    for (const body of [
      {},
      { label: '' },
      { label: 'x'.repeat(101) },
      { expires_at: '2020-01-01T00:00:00Z' },
      { permissions: ['push'] },
      { repositories: ['*/*'] },
      { token: 'x' },
    ]) {
      assert.equal((await alice.patch(`${path}/${id}`, body)).status, 400, JSON.stringify(body));
    }
    assert.equal((await alice.get(`${path}/${id}`)).json.label, request.label);
  });

  it('take redis for library/redis', async () => {
    await register(index, { name: 'reg', url: 'http://localhost:23369' });
    await addOfficial(index, 'redis');
    await markActive(index, 'library/redis', 'public');
    const { id, token } = await create({ permissions: ['pull'], repositories: ['redis', 'alice/*'] });
    assert.deepEqual((await alice.get(`${path}/${id}`)).json.repositories, ['library/redis', 'alice/*']);
    await rows(
      `update repository set registry_id = (select id from registry), registry_path = 'redis' where name = 'redis'`,
    );
    const reader = index.anonymous.basic('alice', token);
    assert.equal(await grantedAccess(reader, 'reg', 'repository:redis:pull'), 'redis pull');
  });

  it('are at most 100, however many are created concurrently', async () => {
    await rows(`delete from access_token`);
    const codes: string[] = [];
    for (let batch = 0; batch < 11; batch += 1) {
      const responses = await Promise.all(
        Array.from({ length: 10 }, (_, i) =>
          (i % 2 ? index : peer).anonymous.basic('alice', 'a long password of alice').post(path, request),
        ),
      );
      codes.push(...responses.map((response) => (response.status === 201 ? '201' : code(response))));
    }
    assert.equal(codes.filter((one) => one === '201').length, 100);
    assert.equal(codes.filter((one) => one === 'ACCESS_TOKEN_LIMIT').length, 10);
    assert.equal((await bob.post(path, { ...request, repositories: ['bob/*'] })).status, 201);
    const [oldest] = await rows<{ id: string }>(
      `select id from access_token where account_id = (select id from account where name = 'alice') order by id limit 1`,
    );
    assert.equal((await alice.delete(`${path}/${oldest!.id}`)).status, 204);
    assert.equal((await alice.post(path, request)).status, 201);
    const [count] = await rows<{ n: number }>(
      `select count(*)::integer as n from access_token where account_id = (select id from account where name = 'alice')`,
    );
    assert.equal(count!.n, 100, 'a revoked token leaves no row');
  });

  it('have at most 100 kB of patterns together', async () => {
    await rows(`delete from access_token`);
    // 25,000 bytes each.
    const repositories = Array.from(
      { length: 100 },
      (_, i) => `alice/${'x'.repeat(241)}${String(i).padStart(3, '0')}`,
    );
    for (let i = 0; i < 4; i += 1) {
      assert.equal((await alice.post(path, { ...request, repositories })).status, 201);
    }
    const refused = await alice.post(path, { ...request, repositories: ['alice/app'] });
    assert.deepEqual([refused.status, code(refused)], [409, 'ACCESS_TOKEN_LIMIT']);
    assert.match(refused.json.errors[0].message as string, /100 kB/);
  });
});
