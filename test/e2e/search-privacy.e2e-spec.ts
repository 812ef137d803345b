import { Database, sql } from '@central-index/platform/database';
import { SearchableRepositories } from '@central-index/repositories';
import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { Client } from 'pg';
import { SearchEngine } from '../../libs/search/src/engine/search-engine';
import type { Actor } from '../support/client';
import { eventually } from '../support/eventually';
import { FakeMeilisearch } from '../support/fake-meilisearch';
import { importRepositories } from '../support/import-fixture';
import { IndexUnderTest } from '../support/index-under-test';
import { insertPushedTags } from '../support/push-fixture';

const rounds = 12;
const pathOf = (name: string): string => `/api/v1/repositories/alice/${name}`;

interface Engine {
  readonly name: string;
  start(): Promise<{ env: Record<string, string>; stop(): Promise<void> }>;
}

const engines: readonly Engine[] = [
  { name: 'PostgreSQL', start: () => Promise.resolve({ env: {}, stop: () => Promise.resolve() }) },
  {
    name: 'Meilisearch',
    start: async () => {
      const server = await FakeMeilisearch.start();
      return { env: { MEILI_URL: server.url, MEILI_KEY: 'key' }, stop: () => server.stop() };
    },
  },
];

for (const engine of engines) {
  describe(`a repository that was hidden, searched in ${engine.name}`, () => {
    let server: Awaited<ReturnType<Engine['start']>>;
    let index: IndexUnderTest;
    // Another server process, with caches of its own.
    let other: IndexUnderTest;
    let alice: Actor;
    let searchers: Actor[];
    beforeAll(async () => {
      server = await engine.start();
      const env = { ...server.env, RATE_LIMITS: 'off' };
      index = await IndexUnderTest.start(env);
      other = await IndexUnderTest.start(env, index.database);
      await other.stopWorker();
      alice = await index.signUp('alice');
      const bob = await index.signUp('bob');
      const elsewhere = (actor: Actor): Actor => other.anonymous.with(actor.headers);
      searchers = [index.anonymous, other.anonymous, bob, elsewhere(bob)];
    });
    afterAll(async () => {
      await other.stop();
      await index.stop();
      await server.stop();
    });

    const publish = async (names: readonly string[]): Promise<void> => {
      await importRepositories(
        index,
        names.map((name) => ({ namespace: 'alice', name, description: 'Something to find', star_count: 9 })),
      );
      await eventually(() => assertFound(other.anonymous, names.at(-1)!), 20_000);
    };
    const answers = (caller: Actor, name: string): Promise<[string, string][]> =>
      Promise.all(
        [
          `/api/v1/search?q=${name}`,
          `/api/v1/search?q=alice/${name}&per_page=1`,
          `/api/v1/search?q=${name}&sort=stars&namespace=alice`,
          `/api/v1/search/suggest?q=${name.slice(0, -1)}`,
          `/v1/search?q=${name}`,
        ].map(async (path): Promise<[string, string]> => [path, (await caller.get(path)).text]),
      );
    const isShown = (text: string, name: string): boolean =>
      new RegExp(`"(?:full_)?name":"(?:alice/)?${name}"`).test(text);
    const assertFound = async (caller: Actor, name: string): Promise<void> => {
      for (const [path, text] of await answers(caller, name))
        assert.ok(isShown(text, name), `${path}: ${text}`);
    };
    const assertGone = async (callers: readonly Actor[], name: string): Promise<void> => {
      const found = await Promise.all(callers.map((caller) => answers(caller, name)));
      for (const [path, text] of found.flat()) assert.ok(!isShown(text, name), `${path}: ${text}`);
    };
    const total = async (caller: Actor, q: string): Promise<number> =>
      (await caller.get(`/api/v1/search?q=${q}`)).json.total as number;

    it(`is found by its owner only when the request that hid it is answered, ${rounds} times`, async () => {
      const names = Array.from({ length: rounds }, (_, n) => `hide${n}x`);
      await publish(names);
      for (const name of names) {
        // Fills whatever a process caches of searches.
        await assertFound(other.anonymous, name);
        assert.equal((await alice.patch(pathOf(name), { visibility: 'private' })).status, 200);
        await assertGone(searchers, name);
        assert.equal(await total(other.anonymous, name), 0);
      }
    });

    it('is found by its owner only while no worker runs, and by no account once it is deleted', async () => {
      await publish(['kept', 'dropped']);
      await index.stopWorker();
      for (const name of ['kept', 'dropped']) {
        assert.equal((await alice.patch(pathOf(name), { visibility: 'private' })).status, 200);
        await assertGone(searchers, name);
        await assertFound(alice, name);
        const { json } = await alice.get(`/api/v1/search?q=alice/${name}`);
        assert.equal(json.items[0].visibility, 'private');
      }
      assert.equal((await alice.delete(pathOf('dropped'))).status, 204);
      await assertGone([...searchers, alice], 'dropped');
      await assertFound(alice, 'kept');
    });

    it('stays hidden when a job writes the document of before', async () => {
      await alice.post('/api/v1/namespaces/alice/repositories', { name: 'late' });
      await insertPushedTags(index, 'alice/late', ['v1'], 'alice');
      const database = index.app.get(Database, { strict: false });
      const byPath = sql<{ id: string }>(`select id from repository where path = 'alice/late'`);
      const { id } = (await database.queryOne(byPath))!;
      const before = (await index.app.get(SearchableRepositories, { strict: false }).find([id])).get(id)!;
      assert.equal((await alice.patch(pathOf('late'), { visibility: 'private' })).status, 200);
      await index.app.get(SearchEngine, { strict: false }).put([{ ...before, popularity: 1 }]);
      await assertGone(searchers, 'late');
      assert.equal(before.private, false);
    });

    it('stays hidden when such a job commits after the request has begun', async () => {
      await alice.post('/api/v1/namespaces/alice/repositories', { name: 'racing' });
      await insertPushedTags(index, 'alice/racing', ['v1'], 'alice');
      const job = new Client({ connectionString: index.database.url });
      await job.connect();
      try {
        await job.query('begin');
        await job.query(
          `insert into search_document (repository_id, rank_key, version, pulls, updated_at, stars, official, automated,
             private, namespace, name, description, terms)
           select id, id, version, 0, now(), 0, false, false, false, 'alice', 'racing', '', '{}'
             from repository where path = 'alice/racing'`,
        );
        const hiding = alice.patch(pathOf('racing'), { visibility: 'private' });
        // The request waits for the transaction of the job.
        await eventually(async () => {
          const { rows } = await job.query(
            `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
          );
          assert.equal(rows.length, 1);
        });
        await job.query('commit');
        assert.equal((await hiding).status, 200);
        await assertGone(searchers, 'racing');
      } finally {
        await job.end();
      }
    });
  });
}
