import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { RegistriesService } from '@central-index/registries';
import { createLogger } from '@central-index/platform/logging';
import { Client } from 'pg';
import { createServer } from '../../apps/server/src/http/create-server';
import { Actor } from '../support/client';
import { InterruptibleProxy } from '../support/interruptible-proxy';
import { eventually } from '../support/eventually';
import { FakeRegistry } from '../support/fake-registry';
import { imageOf } from '../support/images';
import { IndexUnderTest } from '../support/index-under-test';
import { RegistryUser } from '../support/registry-user';

const mediaType = 'application/vnd.docker.distribution.events.v1+json';
const pushes = 60;

/** The faults that a registry's delivery was observed to meet, and what it then does: it sends the same again. */
describe('a storm of notifications', () => {
  let indexes: IndexUnderTest[];
  let hooks: Actor[];
  let fake: FakeRegistry;
  let sql: Client;
  beforeAll(async () => {
    const first = await IndexUnderTest.start();
    indexes = [
      first,
      await IndexUnderTest.start({}, first.database),
      await IndexUnderTest.start({}, first.database),
    ];
    fake = await FakeRegistry.start();
    sql = new Client({ connectionString: first.database.url });
    await sql.connect();
    await first.signUp('alice');
    const registries = first.app.get(RegistriesService, { strict: false });
    const { hookSecret } = await registries.add({ name: 'main', url: fake.url }, { name: ':test' });
    hooks = indexes.map((index) => index.anonymous.bearer(hookSecret));
  });
  afterAll(async () => {
    await sql.end();
    await fake.stop();
    for (const index of indexes.reverse()) await index.stop();
  });

  const post = async (hook: Actor, body: string): Promise<number> =>
    (await hook.send('POST', '/hooks/registry/main', { body, headers: { 'content-type': mediaType } }))
      .status;

  /** Pushes and pulls of a fresh repository, as the events that the registry has to deliver. */
  const happen = async (path: string): Promise<string[]> => {
    await sql.query(
      `insert into repository (namespace_id, path, name, state, registry_id, registry_path)
       select namespace.id, $1, split_part($1, '/', 2), 'pending', registry.id, $1
         from namespace, registry where namespace.name = 'alice'`,
      [path],
    );
    const user = new RegistryUser(fake.url, 'alice');
    fake.drainEvents();
    for (let n = 0; n < pushes; n += 1) {
      await user.push(path, imageOf(`${path} ${n % 7}`), `v${n % 20}`);
      await user.pull(path, `v${n % 20}`);
    }
    return fake.drainEvents().map((event) => JSON.stringify({ events: [event] }));
  };
  const settled = (path: string): Promise<void> =>
    eventually(async () => {
      const { rows } = await sql.query(
        `select pulls::int, state, (select count(*)::int from registry_event where state = 'pending') as waiting
           from repository where path = $1`,
        [path],
      );
      assert.deepEqual(rows, [{ pulls: pushes, state: 'active', waiting: 0 }]);
      const tags = await sql.query(
        `select tag.name, digest from tag join repository on repository.id = repository_id where path = $1`,
        [path],
      );
      assert.deepEqual(
        Object.fromEntries(tags.rows.map(({ name, digest }) => [name, digest])),
        fake.contents(path).tags,
      );
    }, 20_000);

  it('acts once an event when a third is lost on the way and a third has its answer lost', async () => {
    let sent = 0;
    for (const body of await happen('alice/lossy')) {
      for (let fate = sent % 3; ; fate = (fate + 1) % 3) {
        sent += 1;
        if (fate === 0) continue;
        assert.equal(await post(hooks[sent % 3]!, body), 202);
        if (fate === 2) break;
      }
    }
    assert.ok(sent > pushes * 4, String(sent));
    await settled('alice/lossy');
  });

  it('acts once an event when three processes get each at the same moment', async () => {
    for (const body of await happen('alice/tripled')) {
      assert.deepEqual(await Promise.all(hooks.map((hook) => post(hook, body))), [202, 202, 202]);
    }
    await settled('alice/tripled');
  });

  it('is not held up by what cannot be read', async () => {
    for (const [n, body] of (await happen('alice/garbled')).entries()) {
      assert.equal(await post(hooks[0]!, n % 2 ? `{"events":[${n}]}` : `garbage ${n}`), 202);
      assert.equal(await post(hooks[0]!, body), 202);
    }
    await settled('alice/garbled');
  });

  it('is told 503 and nothing else while the database is away', async () => {
    const line = await InterruptibleProxy.to(indexes[0]!.database.url);
    // A server alone: what a worker does without a database is not asked here.
    const { config } = indexes[0]!;
    const cut = await createServer(
      { ...config, database: { ...config.database, url: line.url } },
      createLogger({ ...config.log, role: 'test', to: 2 }),
    );
    try {
      await cut.listen(0, '127.0.0.1');
      const hook = new Actor(await cut.getUrl(), hooks[0]!.headers);
      assert.equal(await post(hook, '{"events":[]}'), 202);
      line.cut();
      for (let n = 0; n < 3; n += 1) assert.equal(await post(hook, '{"events":[]}'), 503);
    } finally {
      await cut.close();
    }
  });
});
