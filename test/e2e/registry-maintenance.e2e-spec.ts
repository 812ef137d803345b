import assert from 'node:assert/strict';
import { afterAll, afterEach, beforeAll, describe, it } from '@jest/globals';
import { Client } from 'pg';
import type { Actor, HttpResponse } from '../support/client';
import { eventually } from '../support/eventually';
import { FakeRegistry } from '../support/fake-registry';
import { imageOf } from '../support/images';
import { IndexUnderTest } from '../support/index-under-test';
import { createAdministrator } from '../support/users';
import { RegistryUser } from '../support/registry-user';

describe('registry maintenance API', () => {
  let index: IndexUnderTest;
  let main: FakeRegistry;
  let eu: FakeRegistry;
  let sql: Client;
  let alice: Actor;
  let olga: Actor;
  /** Authenticated as the registry eu, for its notifications. */
  let notifier: Actor;
  const registries = '/api/v1/admin/registries';

  beforeAll(async () => {
    index = await IndexUnderTest.start();
    main = await FakeRegistry.start({ service: 'main' });
    eu = await FakeRegistry.start({ service: 'eu' });
    sql = new Client({ connectionString: index.database.url });
    await sql.connect();
    alice = await index.signUp('alice');
    olga = await createAdministrator(index, 'olga');
    for (const [name, { url }] of Object.entries({ main, eu })) {
      const added = await olga.post(registries, { name, url });
      assert.equal(added.status, 201);
      notifier = index.anonymous.bearer(added.json.hook_secret as string);
    }
    assert.equal(
      (await olga.post(registries, { name: 'old', url: 'http://localhost:1', kind: 'v1' })).status,
      201,
    );
  });
  afterEach(() => {
    main.fault = () => undefined;
    eu.fault = () => undefined;
  });
  afterAll(async () => {
    await sql.end();
    await main.stop();
    await eu.stop();
    await index.stop();
  });

  const push = async (name: string, ...tags: string[]): Promise<void> => {
    const response = await alice.get(`/token?service=main&scope=repository:alice/${name}:pull,push`);
    assert.equal(response.status, 200, response.text);
    for (const tag of tags) {
      await new RegistryUser(main.url, 'alice').push(`alice/${name}`, imageOf(`${name} ${tag}`), tag);
    }
  };
  /** Waits until the accepted operation has finished, and returns it. */
  const finished = async (accepted: HttpResponse): Promise<HttpResponse['json']> => {
    assert.equal(accepted.status, 202, accepted.text);
    assert.equal(accepted.json.state, 'pending');
    const location = accepted.headers.location!;
    assert.equal(location, `/api/v1/admin/operations/${accepted.json.id}`);
    let operation: HttpResponse['json'];
    await eventually(async () => {
      operation = (await olga.get(location)).json;
      assert.ok(['succeeded', 'failed'].includes(operation.state as string), operation.state as string);
    });
    return operation;
  };
  const tagsOf = async (name: string): Promise<string[]> =>
    (await alice.get(`/api/v1/repositories/alice/${name}/tags`)).json.items?.map(
      (tag: { name: string }) => tag.name,
    );

  it('reconciles a registry, and changes nothing in a dry run', async () => {
    assert.equal((await olga.get(`${registries}/main/reconcile`)).status, 404, 'no reconcile has run');
    await push('app', 'v1', 'v2');
    const dry = await finished(await olga.post(`${registries}/main/reconcile`, { dry_run: true }));
    assert.deepEqual(dry.request, { registry: 'main', dry_run: true, full: false, limit: null });
    assert.deepEqual([dry.state, dry.result.added, dry.requested_by], ['succeeded', 2, 'olga']);
    assert.equal((await olga.get(`${registries}/main/reconcile`)).status, 404, 'a dry run is not stored');
    const { result } = await finished(await olga.post(`${registries}/main/reconcile`));
    assert.deepEqual([result.added, result.deleted, result.error, result.alarm], [2, 0, null, null]);
    assert.deepEqual((await olga.get(`${registries}/main/reconcile`)).json, result);
    assert.deepEqual(await tagsOf('app'), ['v1', 'v2']);
  });

  it('adopts unclaimed repositories', async () => {
    main.fill('bob/found', imageOf('found'), ['v1']);
    const { result } = await finished(await olga.post(`${registries}/main/adopt`, { pattern: 'bob/*' }));
    assert.deepEqual(result, { adopted: [{ name: 'bob/found', tags: 1 }], skipped: [] });
    const { rows } = await sql.query(`select visibility from repository where path = 'bob/found'`);
    assert.deepEqual(rows, [{ visibility: 'private' }]);
  });

  it('moves a repository, and deletes the source on request', async () => {
    const route = '/api/v1/admin/repositories/alice/app/move';
    const { result, state } = await finished(await olga.post(route, { registry: 'eu', delete_source: true }));
    assert.equal(state, 'succeeded');
    assert.deepEqual(result, { name: 'alice/app', from: 'main', to: 'eu', tags: 2 });
    assert.equal((await alice.get('/api/v1/repositories/alice/app')).json.registry, 'eu');
    assert.deepEqual(Object.keys(eu.contents('alice/app').tags), ['v1', 'v2']);
    await eventually(async () => assert.deepEqual(main.contents('alice/app'), { tags: {}, digests: [] }));
    const { rows } = await sql.query(
      `select actor, detail->>'kind' as kind from audit_event where action = 'operation.requested' order by id desc limit 1`,
    );
    assert.deepEqual(rows, [{ actor: 'olga', kind: 'move' }]);
  });

  it('reports why an operation failed, and repeats it on request', async () => {
    await push('later', 'v1');
    await finished(await olga.post(`${registries}/main/reconcile`));
    eu.fault = () => 500;
    const route = '/api/v1/admin/repositories/alice/later/move';
    const failed = await finished(await olga.post(route, { registry: 'eu' }));
    assert.equal(failed.state, 'failed');
    assert.match(failed.error, /eu/);
    assert.equal(failed.result, null);
    assert.equal((await alice.get('/api/v1/repositories/alice/later')).json.registry, 'main');
    eu.fault = () => undefined;
    assert.equal((await finished(await olga.post(route, { registry: 'eu' }))).state, 'succeeded');
    assert.deepEqual(Object.keys(main.contents('alice/later').tags), ['v1'], 'the source images remain');
  });

  it('lists operations, the latest first', async () => {
    const first = (await olga.get('/api/v1/admin/operations?per_page=3')).json;
    assert.deepEqual(
      first.items.map(({ kind, state }: { kind: string; state: string }) => `${kind} ${state}`),
      ['move succeeded', 'move failed', 'reconcile succeeded'],
    );
    const second = (await olga.get(`/api/v1/admin/operations?per_page=100&cursor=${first.next}`)).json;
    assert.deepEqual(
      second.items.map(({ kind }: { kind: string }) => kind),
      ['move', 'adopt', 'reconcile', 'reconcile'],
    );
    assert.equal(second.next, null);
  });

  it('diagnoses a registry', async () => {
    eu.drainEvents();
    const diagnosis = olga.get(`${registries}/eu/doctor`);
    await eventually(async () => {
      const events = eu.drainEvents();
      const headers = { 'content-type': 'application/vnd.docker.distribution.events.v1+json' };
      const body = JSON.stringify({ events });
      assert.ok(events.length > 0);
      assert.equal((await notifier.send('POST', '/hooks/registry/eu', { body, headers })).status, 202);
    });
    const { json } = await diagnosis;
    const statuses = Object.fromEntries(
      json.checks.map(({ name, status }: { name: string; status: string }) => [name, status]),
    );
    assert.equal(statuses.reachable, 'ok');
    assert.equal(statuses.challenge, 'failed', 'the challenge names the service main');
    assert.equal(statuses.drift, 'ok');
    assert.equal(statuses.notifications, 'ok');
    assert.equal(json.healthy, false);
    for (const { status, hint } of json.checks) assert.equal(status === 'ok', hint === null);
  });

  it('sets, lists and deletes placement rules', async () => {
    const route = '/api/v1/admin/placement-rules';
    const set = await olga.put(route, { pattern: 'team-*', registry: 'eu' });
    assert.deepEqual([set.status, set.json], [200, { pattern: 'team-*/*', registry: 'eu' }]);
    await olga.put(route, { pattern: 'team-*/big', registry: 'main' });
    assert.deepEqual((await olga.get(route)).json, {
      items: [
        { pattern: 'team-*/big', registry: 'main' },
        { pattern: 'team-*/*', registry: 'eu' },
      ],
      next: null,
    });
    assert.equal((await olga.delete(`${route}?pattern=${encodeURIComponent('team-*/big')}`)).status, 204);
    assert.equal((await olga.delete(`${route}?pattern=${encodeURIComponent('team-*/big')}`)).status, 404);
    assert.equal((await olga.put(route, { pattern: 'A B', registry: 'eu' })).status, 400);
    assert.equal((await olga.put(route, { pattern: 'x-*', registry: 'mars' })).status, 404);
  });

  it('rejects requests that can never succeed, with a 4xx status', async () => {
    const move = (name: string, body: object): Promise<HttpResponse> =>
      olga.post(`/api/v1/admin/repositories/alice/${name}/move`, body);
    const responses: [HttpResponse, number][] = [
      [await olga.post(`${registries}/mars/reconcile`), 404],
      [await olga.post(`${registries}/main/reconcile`, { limit: 0 }), 400],
      [await olga.post(`${registries}/main/reconcile`, { wet: true }), 400],
      [await olga.post(`${registries}/main/adopt`, {}), 400],
      [await olga.get(`${registries}/mars/doctor`), 404],
      [await move('app', { registry: 'mars' }), 404],
      [await move('app', { registry: 'old' }), 409],
      [await move('nothing', { registry: 'eu' }), 404],
      [await move('app', {}), 400],
      [await olga.get('/api/v1/admin/operations/999999'), 404],
      [await olga.get('/api/v1/admin/operations/x'), 400],
    ];
    for (const [{ status, text }, expected] of responses) assert.equal(status, expected, text);
  });

  it('returns 401 without credentials and 403 for callers that are not administrators', async () => {
    const requests: [string, string][] = [
      ['POST', `${registries}/main/reconcile`],
      ['GET', `${registries}/main/reconcile`],
      ['POST', `${registries}/main/adopt`],
      ['GET', `${registries}/main/doctor`],
      ['POST', '/api/v1/admin/repositories/alice/app/move'],
      ['GET', '/api/v1/admin/operations'],
      ['GET', '/api/v1/admin/operations/1'],
      ['GET', '/api/v1/admin/placement-rules'],
      ['PUT', '/api/v1/admin/placement-rules'],
      ['DELETE', '/api/v1/admin/placement-rules?pattern=x'],
    ];
    const before = (await sql.query('select from operation')).rowCount;
    for (const [caller, status] of [
      [index.anonymous, 401],
      [alice, 403],
    ] as const) {
      for (const [method, path] of requests) {
        assert.equal((await caller.send(method, path)).status, status, `${method} ${path}`);
      }
    }
    assert.equal((await sql.query('select from operation')).rowCount, before);
  });
});
