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

/** Faults that were observed in the delivery of notifications. The registry then sends the same envelope again. */
describe('notifications under faults', () => {
  let indexes: IndexUnderTest[];
  let notifiers: Actor[];
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
    notifiers = indexes.map((index) => index.anonymous.bearer(hookSecret));
  });
  afterAll(async () => {
    await sql.end();
    await fake.stop();
    for (const index of indexes.reverse()) await index.stop();
  });

  const post = async (notifier: Actor, body: string): Promise<number> =>
    (await notifier.send('POST', '/hooks/registry/main', { body, headers: { 'content-type': mediaType } }))
      .status;

  /** Pushes to and pulls from a new repository. Returns the events that the registry has to deliver. */
  const pushAndPull = async (path: string): Promise<string[]> => {
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
  const waitForEvents = (path: string): Promise<void> =>
    eventually(async () => {
      const { rows } = await sql.query(
        `select pulls::int, state, (select count(*)::int from registry_event where state = 'pending') as pending
           from repository where path = $1`,
        [path],
      );
      assert.deepEqual(rows, [{ pulls: pushes, state: 'active', pending: 0 }]);
      const tags = await sql.query(
        `select tag.name, digest from tag join repository on repository.id = repository_id where path = $1`,
        [path],
      );
      assert.deepEqual(
        Object.fromEntries(tags.rows.map(({ name, digest }) => [name, digest])),
        fake.contents(path).tags,
      );
    }, 20_000);

  it('apply each event once when one third of requests and one third of responses are lost', async () => {
    let sent = 0;
    for (const body of await pushAndPull('alice/lossy')) {
      for (let outcome = sent % 3; ; outcome = (outcome + 1) % 3) {
        sent += 1;
        if (outcome === 0) continue;
        assert.equal(await post(notifiers[sent % 3]!, body), 202);
        if (outcome === 2) break;
      }
    }
    assert.ok(sent > pushes * 4, String(sent));
    await waitForEvents('alice/lossy');
  });

  it('apply each event once when three processes receive it at the same time', async () => {
    for (const body of await pushAndPull('alice/tripled')) {
      assert.deepEqual(await Promise.all(notifiers.map((notifier) => post(notifier, body))), [202, 202, 202]);
    }
    await waitForEvents('alice/tripled');
  });

  it('are not delayed by envelopes that cannot be parsed', async () => {
    for (const [n, body] of (await pushAndPull('alice/garbled')).entries()) {
      assert.equal(await post(notifiers[0]!, n % 2 ? `{"events":[${n}]}` : `garbage ${n}`), 202);
      assert.equal(await post(notifiers[0]!, body), 202);
    }
    await waitForEvents('alice/garbled');
  });

  it('return 503 while the database is unavailable', async () => {
    const proxy = await InterruptibleProxy.to(indexes[0]!.database.url);
    // A server alone: a worker without a database is not part of this test.
    const { config } = indexes[0]!;
    const server = await createServer(
      { ...config, database: { ...config.database, url: proxy.url } },
      createLogger({ ...config.log, role: 'test', to: 2 }),
    );
    try {
      await server.listen(0, '127.0.0.1');
      const notifier = new Actor(await server.getUrl(), notifiers[0]!.headers);
      assert.equal(await post(notifier, '{"events":[]}'), 202);
      proxy.cut();
      for (let n = 0; n < 3; n += 1) assert.equal(await post(notifier, '{"events":[]}'), 503);
    } finally {
      await server.close();
    }
  });
});
