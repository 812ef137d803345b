import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { RegistriesService } from '@central-index/registries';
import { PlacementsService } from '@central-index/repositories';
import { Client } from 'pg';
import type { Actor } from '../support/client';
import { eventually } from '../support/eventually';
import { FakeRegistry } from '../support/fake-registry';
import { imageOf } from '../support/images';
import { IndexUnderTest } from '../support/index-under-test';
import { RegistryUser } from '../support/registry-user';
import { grantedAccess, register } from '../support/token-fixtures';
import { createAdministrator, withToken } from '../support/users';

describe('a repository that was granted a push and has no image yet', () => {
  let index: IndexUnderTest;
  let fake: FakeRegistry;
  let sql: Client;
  let notifier: Actor;
  let [alice, bob, olga]: Actor[] = [];
  let user: RegistryUser;
  beforeAll(async () => {
    index = await IndexUnderTest.start({ RATE_LIMITS: 'off' });
    fake = await FakeRegistry.start({ generation: '2.8' });
    sql = new Client({ connectionString: index.database.url });
    await sql.connect();
    [alice, bob] = [await index.signUp('alice'), await index.signUp('bobby')];
    olga = await createAdministrator(index, 'olga');
    user = new RegistryUser(fake.url, 'alice');
    const { hookSecret } = await index.app
      .get(RegistriesService, { strict: false })
      .add({ name: 'main', url: fake.url, kind: 'distribution2' }, { name: ':test' });
    notifier = index.anonymous.bearer(hookSecret);
    await register(index, { name: 'other', url: 'http://other.example.org' });
  });
  afterAll(async () => {
    await sql?.end();
    await fake?.stop();
    await index?.stop();
  });

  const route = (name: string): string => `/api/v1/repositories/alice/${name}`;
  const grantPush = async (name: string, service = 'main'): Promise<void> =>
    assert.equal(
      await grantedAccess(alice!, service, `repository:alice/${name}:pull,push`),
      `alice/${name} pull,push`,
    );
  const notify = async (): Promise<void> => {
    const body = JSON.stringify({ events: fake.drainEvents() });
    const headers = { 'content-type': 'application/vnd.docker.distribution.events.v1+json' };
    assert.equal((await notifier.send('POST', '/hooks/registry/main', { body, headers })).status, 202);
  };
  const listed = async (caller: Actor): Promise<string[]> =>
    (await caller.get('/api/v1/namespaces/alice/repositories?per_page=100')).json.items.map(
      ({ name }: { name: string }) => name,
    );

  it('is read and changed by its owner as soon as the push is granted', async () => {
    await grantPush('fresh');
    const read = await alice!.get(route('fresh'));
    assert.equal(read.status, 200, read.text);
    assert.deepEqual(
      [read.json.registry, read.json.visibility, read.json.tags, read.json.pushed_at],
      ['main', 'public', 0, null],
    );
    const changed = await alice!.patch(route('fresh'), { visibility: 'private', description: 'By CI.' });
    assert.deepEqual(
      [changed.status, changed.json.visibility, changed.json.description],
      [200, 'private', 'By CI.'],
    );
    assert.ok((await listed(alice!)).includes('fresh'));
    assert.deepEqual((await alice!.get(`${route('fresh')}/tags`)).json.items, []);

    await user.push('alice/fresh', imageOf('fresh'), 'v1');
    await notify();
    await eventually(async () => assert.equal((await alice!.get(`${route('fresh')}/tags/v1`)).status, 200));
    const pushed = (await alice!.get(route('fresh'))).json;
    assert.deepEqual([pushed.visibility, pushed.description], ['private', 'By CI.']);
    assert.equal((await bob!.get(route('fresh'))).status, 404);
  });

  it('is changed with an access token that may push and describe it', async () => {
    const ci = await withToken(alice!, ['pull', 'push', 'metadata'], ['alice/*']);
    const { token } = (
      await alice!.post('/api/v1/user/tokens', {
        label: 'push',
        permissions: ['pull', 'push', 'metadata'],
        repositories: ['alice/*'],
      })
    ).json as { token: string };
    const scope = 'repository:alice/by-token:pull,push';
    assert.equal(
      await grantedAccess(index.anonymous.basic('alice', token), 'main', scope),
      'alice/by-token pull,push',
    );
    assert.equal((await ci.patch(route('by-token'), { description: 'By CI.' })).status, 200);
    const elsewhere = await withToken(alice!, ['pull', 'push', 'metadata'], ['alice/other']);
    assert.equal((await elsewhere.get(route('by-token'))).status, 404);
  });

  it('is unknown to all other callers, in every list and by every method', async () => {
    await grantPush('unseen');
    const absent = async (caller: Actor, name: string): Promise<unknown[]> => [
      (await caller.get(route(name))).status,
      (await caller.patch(route(name), { description: 'x' })).status,
      (await caller.delete(route(name))).status,
      (await caller.get(`${route(name)}/tags`)).status,
      (await caller.put(`${route(name)}/star`)).status,
    ];
    for (const caller of [index.anonymous, bob!, olga!]) {
      assert.deepEqual(await absent(caller, 'unseen'), await absent(caller, 'no-such-name'), caller.name);
      assert.ok(!(await listed(caller)).includes('unseen'));
    }
    assert.equal((await alice!.put(`${route('unseen')}/star`)).status, 403, 'nothing to star yet');
    for (const path of ['/api/v1/search?q=unseen', '/v1/search?q=unseen', '/v2/_catalog?n=1000']) {
      assert.ok(!(await alice!.get(path)).text.includes('alice/unseen'), path);
    }
  });

  it('is deleted by its owner, and its name is free for everything again', async () => {
    await grantPush('typo');
    assert.equal((await bob!.delete(route('typo'))).status, 404);
    assert.equal((await alice!.delete(route('typo'))).status, 204);
    assert.equal((await alice!.get(route('typo'))).status, 404);
    assert.equal((await alice!.delete(route('typo'))).status, 404);
    assert.equal(await grantedAccess(index.anonymous, 'main', 'repository:alice/typo:pull'), '');
    const created = await alice!.post('/api/v1/namespaces/alice/repositories', { name: 'typo' });
    assert.equal(created.status, 201, created.text);

    await grantPush('moved');
    assert.equal((await alice!.delete(route('moved'))).status, 204);
    await grantPush('moved', 'other');
    assert.equal((await alice!.get(route('moved'))).json.registry, 'other');
  });

  it('leaves nothing at the registry of a push that was in progress when it was deleted', async () => {
    await grantPush('unfinished');
    await user.push('alice/unfinished', imageOf('unfinished'), 'v1');
    assert.equal((await alice!.delete(route('unfinished'))).status, 204);
    await eventually(async () => {
      assert.deepEqual(fake.contents('alice/unfinished').digests, []);
      const { rows } = await sql.query(`select from repository where path = 'alice/unfinished'`);
      assert.equal(rows.length, 0, 'no tombstone of what never was');
    });
    await notify();
    await eventually(async () => {
      const { rows } = await sql.query(`select from registry_event where state = 'pending'`);
      assert.equal(rows.length, 0);
    });
    assert.equal((await alice!.get(route('unfinished'))).status, 404);
  });

  it('is a tombstone again, without its new texts, if it was one and no image arrives', async () => {
    await alice!.post('/api/v1/namespaces/alice/repositories', { name: 'phoenix', visibility: 'private' });
    assert.equal((await alice!.delete(route('phoenix'))).status, 204);
    await grantPush('phoenix');
    assert.equal((await alice!.patch(route('phoenix'), { description: 'Back again.' })).status, 200);
    await sql.query(
      `update push_grant set granted_at = now() - interval '25 hours'
        where repository_id = (select id from repository where path = 'alice/phoenix')`,
    );
    await index.app.get(PlacementsService, { strict: false }).expireUnpushed();
    const { rows } = await sql.query(
      `select state, visibility, description from repository where path = 'alice/phoenix'`,
    );
    assert.deepEqual(rows, [{ state: 'deleted', visibility: 'private', description: '' }]);
    assert.equal((await alice!.get(route('phoenix'))).status, 404);
  });
});
