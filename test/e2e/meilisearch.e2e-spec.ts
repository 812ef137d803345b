import { Database, sql } from '@central-index/platform/database';
import { SearchMaintenance } from '@central-index/search';
import assert from 'node:assert/strict';
import { afterAll, afterEach, beforeAll, it } from '@jest/globals';
import { eventually } from '../support/eventually';
import { importRepositories } from '../support/import-fixture';
import { IndexUnderTest } from '../support/index-under-test';
import { MeilisearchServer, noMeilisearch } from '../support/meilisearch-server';
import { describeUnless } from '../support/jest';

const count = 300;

describeUnless(noMeilisearch, 'search in Meilisearch', () => {
  let meilisearch: MeilisearchServer;
  let index: IndexUnderTest;
  let database: Database;
  let maintenance: SearchMaintenance;

  beforeAll(async () => {
    meilisearch = await MeilisearchServer.start();
    index = await IndexUnderTest.start(meilisearch.env);
    database = index.app.get(Database, { strict: false });
    maintenance = index.app.get(SearchMaintenance, { strict: false });
    const names = Array.from({ length: count }, (_, number) => `app-${number}`);
    await importRepositories(
      index,
      names.map((name) => ({ namespace: 'acme', name, description: 'One of many.', star_count: 5 })),
    );
    await waitForSync();
  });
  afterAll(async () => {
    await index.stop();
    await meilisearch.stop();
  });
  afterEach(waitForSync);

  async function waitForSync(): Promise<void> {
    await eventually(async () => {
      const { pending } = await maintenance.state();
      const documents = await documentCount();
      assert.deepEqual([pending, documents], [0, count + 1]);
    }, 30_000);
  }
  const documentCount = async (): Promise<number> => {
    const stats = await meilisearch.request<{ numberOfDocuments: number }>(
      'GET',
      '/indexes/repositories/stats',
    );
    return stats.numberOfDocuments;
  };
  const search = async (q: string): Promise<{ names: string[]; total: number; ms: number }> => {
    const start = performance.now();
    const { status, json, text } = await index.anonymous.get(`/v1/search?q=${encodeURIComponent(q)}`);
    assert.equal(status, 200, text);
    const names = json.results.map(({ name }: { name: string }) => name);
    return { names, total: json.num_results, ms: performance.now() - start };
  };
  const assertResults = async (): Promise<number> => {
    const { names, total, ms } = await search('acme/app-77');
    assert.equal(names[0], 'acme/app-77');
    const many = await search('many');
    assert.equal(many.total, count);
    assert.ok(total > 0);
    return Math.max(ms, many.ms);
  };
  const metric = async (name: string): Promise<number> => {
    const text = await index.metrics();
    return Number(new RegExp(`^central_index_search_${name} (.*)$`, 'm').exec(text)?.[1]);
  };
  const waitForMeilisearch = async (withinMs: number): Promise<void> => {
    await eventually(async () => {
      await assertResults();
      assert.equal(await metric('fallback'), 0);
    }, withinMs);
  };
  const updateRepository = (name: string, columns: string) =>
    database.query(sql(`update repository set ${columns} where path = $1`), [`acme/${name}`]);

  it('searches with a key that permits nothing else', async () => {
    await waitForMeilisearch(5_000);
    const { results } = await meilisearch.request<{ results: { name: string; actions: string[] }[] }>(
      'GET',
      '/keys',
    );
    const ownKeys = results.filter(({ name }) => name?.startsWith('central-index'));
    assert.deepEqual(ownKeys.find(({ name }) => name === 'central-index search')?.actions, ['search']);
    assert.ok(ownKeys.every(({ actions }) => !actions.includes('*') && !actions.includes('keys.create')));
  });

  const faults: [fault: string, cause: () => Promise<unknown>, repair: () => Promise<unknown>][] = [
    ['is stopped', () => meilisearch.signal('SIGKILL'), () => meilisearch.run()],
    ['hangs', () => meilisearch.signal('SIGSTOP'), () => meilisearch.signal('SIGCONT')],
    [
      'loses its documents',
      () => meilisearch.request('DELETE', '/indexes/repositories/documents'),
      () => Promise.resolve(),
    ],
    [
      'loses its index',
      () => meilisearch.request('DELETE', '/indexes/repositories'),
      () => Promise.resolve(),
    ],
    [
      'rejects the keys',
      async () => {
        const { results } = await meilisearch.request<{ results: { uid: string; name: string }[] }>(
          'GET',
          '/keys',
        );
        for (const { uid, name } of results) {
          if (name?.startsWith('central-index')) await meilisearch.request('DELETE', `/keys/${uid}`);
        }
      },
      () => Promise.resolve(),
    ],
  ];
  for (const [fault, cause, repair] of faults) {
    it(`responds within a second when Meilisearch ${fault}, and returns to it afterwards`, async () => {
      await waitForMeilisearch(10_000);
      await cause();
      for (const until = performance.now() + 3_000; performance.now() < until;) {
        const ms = await assertResults();
        assert.ok(ms < 1_000, `${ms} ms`);
      }
      await repair();
      await waitForMeilisearch(10_000);
      await waitForSync();
    });
  }

  it('detects unexpected differences, repairs them, and counts them as drift', async () => {
    const before = await metric('drift_total');
    const rows = await database.query(
      sql<{ id: string }>('select repository_id as id from search_document order by 1'),
    );
    const [deleted, corrupted] = [Number(rows[3]!.id), Number(rows[4]!.id)];
    await meilisearch.request('POST', '/indexes/repositories/documents/delete-batch', [deleted]);
    await meilisearch.request('PUT', '/indexes/repositories/documents', [{ id: corrupted, hash: 'no' }]);
    await meilisearch.request('POST', '/indexes/repositories/documents', [
      { id: 999_999_999, namespace: 'x' },
    ]);
    await eventually(async () => assert.equal(await metric('drift_total'), before + 3), 20_000);
    await waitForSync();
    const isFound = await maintenance.check(false);
    assert.deepEqual(isFound.replica, { missing: [], stale: [], orphaned: [] });
    assert.deepEqual(isFound.documents, { missing: [], stale: [], orphaned: [] });
  });

  it('sends no private repository, and deletes one that becomes private', async () => {
    await updateRepository('app-9', `visibility = 'private'`);
    await maintenance.check(true);
    assert.deepEqual((await search('acme/app-9')).names.includes('acme/app-9'), false);
    await eventually(async () => assert.equal(await documentCount(), count), 10_000);
    await updateRepository('app-9', `visibility = 'public'`);
    await maintenance.check(true);
    assert.equal((await search('acme/app-9')).names[0], 'acme/app-9');
  });

  it('rebuilds during searches and changes, and is complete afterwards', async () => {
    let rebuilding = true;
    let searches = 0;
    const searching = (async () => {
      for (; rebuilding; searches += 1) await assertResults();
    })();
    const changing = (async () => {
      for (let round = 0; rebuilding; round += 1) {
        await updateRepository(`app-${round % 50}`, `stars = stars + 1`);
        await maintenance.check(true);
      }
    })();
    const outcome = await maintenance.rebuild(
      () => undefined,
      () => undefined,
    );
    rebuilding = false;
    await Promise.all([searching, changing]);
    assert.equal(outcome.copied, count);
    assert.ok(searches > 0);
    await waitForSync();
    assert.deepEqual((await maintenance.check(false)).replica, { missing: [], stale: [], orphaned: [] });
  });

  it('finds a change within a second', async () => {
    const freya = await index.signUp('freya');
    await importRepositories(index, [{ namespace: 'freya', name: 'tool' }]);
    for (let round = 0; round < 5; round += 1) {
      const { status } = await freya.patch('/api/v1/repositories/freya/tool', {
        description: `fresh${round}`,
      });
      assert.equal(status, 200);
      await eventually(async () => assert.equal((await search(`fresh${round}`)).total, 1), 1_000);
    }
    await freya.delete('/api/v1/repositories/freya/tool');
    await eventually(async () => assert.equal((await search('fresh4')).total, 0), 1_000);
  });
});
