import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { RegistriesService } from '@central-index/registries';
import { Client } from 'pg';
import type { Actor } from '../support/client';
import { testSecretKey } from '../support/database';
import { eventually } from '../support/eventually';
import { FakeRegistry } from '../support/fake-registry';
import { imageOf } from '../support/images';
import { IndexUnderTest } from '../support/index-under-test';
import { createAdministrator } from '../support/users';
import { ProductFixture, type CommandResult } from '../support/product';
import { RegistryUser } from '../support/registry-user';

const mediaType = 'application/vnd.docker.distribution.events.v1+json';

describe('parked events', () => {
  let index: IndexUnderTest;
  let fake: FakeRegistry;
  let sql: Client;
  let notifier: Actor;
  let alice: Actor;
  let olga: Actor;
  let cli: ProductFixture;
  const route = '/api/v1/admin/registries/main/events';

  beforeAll(async () => {
    index = await IndexUnderTest.start();
    fake = await FakeRegistry.start({ service: 'main' });
    sql = new Client({ connectionString: index.database.url });
    await sql.connect();
    alice = await index.signUp('alice');
    olga = await createAdministrator(index, 'olga');
    cli = await ProductFixture.create();
    notifier = index.anonymous.bearer(await add('main', 'distribution2'));
  });
  afterAll(async () => {
    await cli.remove();
    await sql.end();
    await fake.stop();
    await index.stop();
  });

  const add = async (name: string, kind: 'distribution2' | 'zot', url = fake.url): Promise<string> => {
    const registries = index.app.get(RegistriesService, { strict: false });
    return (
      await registries.add(
        { name, url, kind, service: 'main', host: `${name}.example.org` },
        { name: ':test' },
      )
    ).hookSecret;
  };
  const notify = async (body: string): Promise<void> => {
    const response = await notifier.send('POST', '/hooks/registry/main', {
      body,
      headers: { 'content-type': mediaType },
    });
    assert.equal(response.status, 202);
  };
  const waitForEvents = (): Promise<void> =>
    eventually(async () => {
      const { rows } = await sql.query(`select from registry_event where state = 'pending'`);
      assert.equal(rows.length, 0);
    });
  const createPlaced = (path: string, registry: string): Promise<unknown> =>
    sql.query(
      `insert into repository (namespace_id, path, name, state, registry_id, registry_path)
       select namespace.id, $1, split_part($1, '/', 2), 'pending', registry.id, $1
         from namespace, registry where namespace.name = 'alice' and registry.name = $2`,
      [path, registry],
    );
  const command = (...args: string[]): Promise<CommandResult> =>
    cli.run(args, { DATABASE_URL: index.database.url, SECRET_KEY: testSecretKey });

  it('are listed with their reason, and applied by a retry once the cause is removed', async () => {
    await new RegistryUser(fake.url, 'alice').push('alice/early', imageOf('early'), 'v1');
    const [event] = fake.drainEvents();
    await notify(JSON.stringify({ events: [event] }));
    await notify('no JSON');
    await waitForEvents();
    const { json } = await olga.get(`${route}/parked`);
    assert.deepEqual(json.items.map((one: { reason: string }) => one.reason).sort(), [
      'no repository has this name',
      'not JSON',
    ]);
    const [early] = json.items.filter((one: { event_id: string }) => one.event_id === event!.id);
    assert.deepEqual(JSON.parse(early.body), event);

    const metrics = await index.metrics();
    assert.match(metrics, /^central_index_registry_events\{registry="main",state="parked"\} 2$/m);
    assert.match(metrics, /^central_index_registry_events\{registry="main",state="pending"\} 0$/m);

    await createPlaced('alice/early', 'main');
    assert.deepEqual((await olga.post(`${route}/retry`)).json, { retried: 1 });
    await eventually(async () => {
      const tags = await index.anonymous.get('/api/v1/repositories/alice/early/tags');
      assert.deepEqual(
        tags.json.items?.map(({ name }: { name: string }) => name),
        ['v1'],
      );
    });
    const remaining = await olga.get(`${route}/parked`);
    assert.deepEqual(
      remaining.json.items.map((one: { reason: string }) => one.reason),
      ['not JSON'],
    );
    const { rows } = await sql.query(
      `select actor, detail from audit_event where action = 'registry.events-retried'`,
    );
    assert.deepEqual(rows, [{ actor: 'olga', detail: { events: 1 } }]);
  });

  it('are listed and retried by the CLI', async () => {
    await notify(
      JSON.stringify({ events: [{ id: randomUUID(), action: 'push', target: { repository: 'a/b/c' } }] }),
    );
    await waitForEvents();
    const listed = await command('registry', 'events', 'main', '--parked', '--json');
    assert.equal(listed.code, 0, listed.stderr);
    const rows = JSON.parse(listed.stdout) as { reason: string }[];
    assert.deepEqual(
      rows.map(({ reason }) => reason),
      ['not JSON', 'an invalid repository name'],
    );
    const retried = await command('registry', 'events', 'main', '--parked', '--retry');
    assert.match(retried.stdout, /^1 parked events of main are pending again/);
    await waitForEvents();
    assert.equal((await olga.get(`${route}/parked`)).json.items.length, 2);
    assert.match((await command('registry', 'events', 'main')).stdout, /0 pending, 2 parked/);
    const unknown = await command('registry', 'events', 'nowhere');
    assert.notEqual(unknown.code, 0);
  });

  it('are deleted on request, and nothing else is', async () => {
    await notify('neither is this');
    await waitForEvents();
    const applied = async (): Promise<number> => {
      const { rows } = await sql.query(`select from registry_event where state = 'applied'`);
      return rows.length;
    };
    const before = await applied();
    assert.ok(before > 0);
    assert.deepEqual((await olga.delete(`${route}/parked`)).json, { discarded: 3 });
    assert.deepEqual((await olga.get(`${route}/parked`)).json.items, []);
    assert.equal(await applied(), before);
    await notify('nor this');
    await waitForEvents();
    const discarded = await command('registry', 'events', 'main', '--parked', '--discard');
    assert.match(discarded.stdout, /^1 parked events of main are deleted/);
    assert.match((await command('registry', 'events', 'main')).stdout, /0 pending, 0 parked/);
    const { rows } = await sql.query(
      `select actor, detail from audit_event where action = 'registry.events-discarded' order by id`,
    );
    assert.deepEqual(rows, [
      { actor: 'olga', detail: { events: 3 } },
      { actor: ':cli', detail: { events: 1 } },
    ]);
  });

  it('return 401 without credentials and 403 to callers that are not administrators', async () => {
    for (const [caller, status] of [
      [index.anonymous, 401],
      [alice, 403],
    ] as const) {
      assert.equal((await caller.get(`${route}/parked`)).status, status);
      assert.equal((await caller.post(`${route}/retry`)).status, status);
      assert.equal((await caller.delete(`${route}/parked`)).status, status);
    }
    assert.equal((await olga.get('/api/v1/admin/registries/none/events/parked')).status, 404);
  });

  it('arrive from zot as CloudEvents with Basic credentials, and are verified like all others', async () => {
    const zot = await FakeRegistry.start({ generation: '3.x', service: 'zot1' });
    const registries = index.app.get(RegistriesService, { strict: false });
    const { hookSecret } = await registries.add(
      { name: 'zot1', url: zot.url, kind: 'zot' },
      { name: ':test' },
    );
    try {
      await createPlaced('alice/onzot', 'zot1');
      const image = imageOf('zot');
      await new RegistryUser(zot.url, 'alice', 'zot1').push('alice/onzot', image, 'v1');
      const emit = async (type: string, data: object): Promise<number> => {
        const headers = {
          'content-type': 'application/json',
          'ce-specversion': '1.0',
          'ce-id': randomUUID(),
          'ce-source': 'zotregistry.dev',
          'ce-type': `zotregistry.${type}`,
          'ce-time': new Date().toISOString(),
        };
        const request = { body: JSON.stringify(data), headers };
        const zotNotifier = index.anonymous.basic('zot1', hookSecret);
        return (await zotNotifier.send('POST', '/hooks/registry/zot1', request)).status;
      };
      const tags = async (): Promise<string[]> =>
        (await alice.get('/api/v1/repositories/alice/onzot/tags')).json.items?.map(
          ({ name }: { name: string }) => name,
        );
      const { digest, mediaType: type } = image;
      const imageEvent = {
        name: 'alice/onzot',
        reference: 'v1',
        digest,
        mediaType: type,
        manifest: 'x'.repeat(100_000),
      };
      assert.equal(await emit('repository.created', { name: 'alice/onzot' }), 202);
      assert.equal(await emit('image.updated', imageEvent), 202);
      await eventually(async () => assert.deepEqual(await tags(), ['v1']));
      // The registry reports a deletion, but still serves the tag.
      assert.equal(await emit('image.deleted', imageEvent), 202);
      assert.equal(await emit('image.exploded', imageEvent), 202);
      await waitForEvents();
      assert.deepEqual(await tags(), ['v1']);
      await new RegistryUser(zot.url, 'alice', 'zot1').delete('alice/onzot', 'v1');
      assert.equal(await emit('image.deleted', imageEvent), 202);
      await eventually(async () => assert.deepEqual(await tags(), []));
      const { rows } = await sql.query(
        `select reason from registry_event join registry on registry.id = registry_id
          where registry.name = 'zot1' and state = 'parked'`,
      );
      assert.deepEqual(rows, [{ reason: 'an unknown action' }]);
    } finally {
      await zot.stop();
    }
  });
});
