import { Database } from '@central-index/platform/database';
import { SearchMaintenance } from '@central-index/search';
import assert from 'node:assert/strict';
import { afterAll, afterEach, beforeAll, it } from '@jest/globals';
import { eventually } from '../support/eventually';
import { importRepositories } from '../support/import-fixture';
import { IndexUnderTest } from '../support/index-under-test';
import { MeilisearchServer, noMeilisearch } from '../support/meilisearch-server';
import { describeUnless } from '../support/jest';

const count = 300;

describeUnless(noMeilisearch, 'with a real Meilisearch', () => {
  let meilisearch: MeilisearchServer;
  let index: IndexUnderTest;
  let database: Database;
  let upkeep: SearchMaintenance;

  beforeAll(async () => {
    meilisearch = await MeilisearchServer.start();
    index = await IndexUnderTest.start(meilisearch.env);
    database = index.app.get(Database, { strict: false });
    upkeep = index.app.get(SearchMaintenance, { strict: false });
    const names = Array.from({ length: count }, (_, number) => `app-${number}`);
    await importRepositories(
      index,
      names.map((name) => ({ namespace: 'acme', name, description: 'One of many.', star_count: 5 })),
    );
    await settled();
  });
  afterAll(async () => {
    await index.stop();
    await meilisearch.stop();
  });
  afterEach(settled);

  async function settled(): Promise<void> {
    await eventually(async () => {
      const { pending } = await upkeep.state();
      const copies = await stored();
      assert.deepEqual([pending, copies], [0, count + 1]);
    }, 30_000);
  }
  const stored = async (): Promise<number> => {
    const stats = await meilisearch.request<{ numberOfDocuments: number }>(
      'GET',
      '/indexes/repositories/stats',
    );
    return stats.numberOfDocuments;
  };
  const search = async (q: string): Promise<{ names: string[]; total: number; ms: number }> => {
    const begun = performance.now();
    const { status, json, text } = await index.anonymous.get(`/v1/search?q=${encodeURIComponent(q)}`);
    assert.equal(status, 200, text);
    const names = json.results.map(({ name }: { name: string }) => name);
    return { names, total: json.num_results, ms: performance.now() - begun };
  };
  const isRight = async (): Promise<number> => {
    const { names, total, ms } = await search('acme/app-77');
    assert.equal(names[0], 'acme/app-77');
    const many = await search('many');
    assert.equal(many.total, count);
    assert.ok(total > 0);
    return Math.max(ms, many.ms);
  };
  const metric = async (name: string): Promise<number> => {
    const { text } = await index.anonymous.get('/metrics');
    return Number(new RegExp(`^central_index_search_${name} (.*)$`, 'm').exec(text)?.[1]);
  };
  const usesMeilisearch = async (within: number): Promise<void> => {
    await eventually(async () => {
      await isRight();
      assert.equal(await metric('fallback'), 0);
    }, within);
  };
  const change = (name: string, columns: string) =>
    database.rows(`update repository set ${columns} where path = $1`, [`acme/${name}`]);

  it('searches there, with a key that can do nothing else', async () => {
    await usesMeilisearch(5_000);
    const { results } = await meilisearch.request<{ results: { name: string; actions: string[] }[] }>(
      'GET',
      '/keys',
    );
    const own = results.filter(({ name }) => name?.startsWith('central-index'));
    assert.deepEqual(own.find(({ name }) => name === 'central-index search')?.actions, ['search']);
    assert.ok(own.every(({ actions }) => !actions.includes('*') && !actions.includes('keys.create')));
  });

  const faults: [what: string, make: () => Promise<unknown>, mend: () => Promise<unknown>][] = [
    ['is stopped', () => meilisearch.signal('SIGKILL'), () => meilisearch.run()],
    ['hangs', () => meilisearch.signal('SIGSTOP'), () => meilisearch.signal('SIGCONT')],
    [
      'is emptied by hand',
      () => meilisearch.request('DELETE', '/indexes/repositories/documents'),
      () => Promise.resolve(),
    ],
    [
      'loses its index',
      () => meilisearch.request('DELETE', '/indexes/repositories'),
      () => Promise.resolve(),
    ],
    [
      'refuses the keys',
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
  for (const [what, make, mend] of faults) {
    it(`answers within a second when it ${what}, and goes back by itself`, async () => {
      await usesMeilisearch(10_000);
      await make();
      for (const until = performance.now() + 3_000; performance.now() < until;) {
        const ms = await isRight();
        assert.ok(ms < 1_000, `${ms} ms`);
      }
      await mend();
      await usesMeilisearch(10_000);
      await settled();
    });
  }

  it('finds by itself what differs with nothing known of it, mends it, and says so', async () => {
    const before = await metric('drift');
    const rows = await database.rows<{ id: string }>(
      'select repository_id as id from search_document order by 1',
    );
    const [gone, spoilt] = [Number(rows[3]!.id), Number(rows[4]!.id)];
    await meilisearch.request('POST', '/indexes/repositories/documents/delete-batch', [gone]);
    await meilisearch.request('PUT', '/indexes/repositories/documents', [{ id: spoilt, hash: 'no' }]);
    await meilisearch.request('POST', '/indexes/repositories/documents', [
      { id: 999_999_999, namespace: 'x' },
    ]);
    await eventually(async () => assert.equal(await metric('drift'), before + 3), 20_000);
    await settled();
    const found = await upkeep.check(false);
    assert.deepEqual(found.replica, { missing: [], stale: [], orphaned: [] });
    assert.deepEqual(found.documents, { missing: [], stale: [], orphaned: [] });
  });

  it('sends nothing private, and takes out what becomes so', async () => {
    await change('app-9', `visibility = 'private'`);
    await upkeep.check(true);
    assert.deepEqual((await search('acme/app-9')).names.includes('acme/app-9'), false);
    await eventually(async () => assert.equal(await stored(), count), 10_000);
    await change('app-9', `visibility = 'public'`);
    await upkeep.check(true);
    assert.equal((await search('acme/app-9')).names[0], 'acme/app-9');
  });

  it('rebuilds while searches and changes go on, and is whole afterwards', async () => {
    let rebuilding = true;
    let searches = 0;
    const searching = (async () => {
      for (; rebuilding; searches += 1) await isRight();
    })();
    const changing = (async () => {
      for (let turn = 0; rebuilding; turn += 1) {
        await change(`app-${turn % 50}`, `stars = stars + 1`);
        await upkeep.check(true);
      }
    })();
    const done = await upkeep.rebuild(
      () => undefined,
      () => undefined,
    );
    rebuilding = false;
    await Promise.all([searching, changing]);
    assert.equal(done.copied, count);
    assert.ok(searches > 0);
    await settled();
    assert.deepEqual((await upkeep.check(false)).replica, { missing: [], stale: [], orphaned: [] });
  });

  it('makes a change found within a second', async () => {
    const freya = await index.signUp('freya');
    await importRepositories(index, [{ namespace: 'freya', name: 'tool' }]);
    for (let turn = 0; turn < 5; turn += 1) {
      const { status } = await freya.patch('/api/v1/repositories/freya/tool', {
        description: `fresh${turn}`,
      });
      assert.equal(status, 200);
      await eventually(async () => assert.equal((await search(`fresh${turn}`)).total, 1), 1_000);
    }
    await freya.delete('/api/v1/repositories/freya/tool');
    await eventually(async () => assert.equal((await search('fresh4')).total, 0), 1_000);
  });
});
