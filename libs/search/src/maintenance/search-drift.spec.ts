import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { eventually } from '../../../../test/support/eventually';
import { FakeMeilisearch } from '../../../../test/support/fake-meilisearch';
import { IndexUnderTest } from '../../../../test/support/index-under-test';
import { importRepositories } from '../../../../test/support/import-fixture';
import { testSecretKey } from '../../../../test/support/database';
import { masterKey } from '../../../../test/support/meilisearch-server';
import { ProductFixture } from '../../../../test/support/product';
import { postingsMismatch } from '../../../../test/support/postings-mismatch';
import { Database, sql } from '@central-index/platform/database';
import { MeilisearchClient } from '../meilisearch/client';
import { liveIndex } from '../meilisearch/document';
import { SearchSync } from './search-sync.service';
import { SearchMaintenance } from './search-maintenance.service';

const faults = 100;
const popular = 40;

const noDifference = { missing: [], stale: [], orphaned: [] };
const noListDifference = { missing: 0, orphaned: 0, misspelt: 0 };

type Kind = 'missing' | 'stale' | 'orphaned' | 'list misses' | 'list has orphaned' | 'misspelt';

// Each bypasses what would record the change; $1 is the repository.
const faultsInPostgres: readonly (readonly [Kind, string])[] = [
  ['missing', 'delete from search_document where repository_id = $1'],
  ['stale', 'update search_document set version = version - 1 where repository_id = $1'],
  ['orphaned', `update repository set state = 'hidden' where id = $1`],
  ['stale', `update search_document set description = 'One of few.' where repository_id = $1`],
  ['stale', 'update search_document set rank_key = rank_key - (7::bigint << 48) where repository_id = $1'],
  ['stale', 'update search_document set terms = terms[2:] where repository_id = $1'],
  [
    'list misses',
    `delete from search_posting using search_document as document
     where repository_id = $1 and term = terms[2] and search_posting.rank_key = document.rank_key`,
  ],
  [
    'list has orphaned',
    'insert into search_posting select $1, rank_key from search_document where repository_id = $1',
  ],
];
const unlearnWhole =
  'delete from search_spelling using repository where id = $1 and repository.name = search_spelling.name';
const unlearnOne = `delete from search_spelling as one using repository
  where id = $1 and one.name = repository.name and deletion_key =
    (select max(deletion_key) from search_spelling as other where other.name = repository.name)`;

describe('drift of search data', () => {
  let meilisearch: FakeMeilisearch;
  let index: IndexUnderTest;
  let database: Database;
  let maintenance: SearchMaintenance;
  let ids: string[];
  beforeAll(async () => {
    meilisearch = await FakeMeilisearch.start();
    index = await IndexUnderTest.start({ MEILI_URL: meilisearch.url, MEILI_KEY: masterKey });
    database = index.app.get(Database, { strict: false });
    maintenance = index.app.get(SearchMaintenance, { strict: false });
    const names = Array.from({ length: 400 }, (_, number) => `app-${number}`);
    await importRepositories(
      index,
      names.map((name, number) => ({
        namespace: 'acme',
        name,
        description: 'One of many.',
        star_count: number < popular ? 500 : 0,
      })),
    );
    await eventually(async () => {
      assert.equal((await maintenance.state()).pending, 0);
      assert.equal(meilisearch.ids(liveIndex).length, names.length);
    }, 20_000);
    const rows = await database.query(sql<{ id: string }>('select id from repository order by id'));
    ids = rows.map(({ id }) => id);
  });
  afterAll(async () => {
    await index.stop();
    await meilisearch.stop();
  });

  it('in Meilisearch is found and repaired, each of 100 faults (R11)', async () => {
    const expected: Record<string, string[]> = { missing: [], stale: [], orphaned: [] };
    await asOnlyWriter(async () => {
      const client = new MeilisearchClient(meilisearch.url, masterKey);
      for (let fault = 0; fault < faults; fault++) {
        const id = fault % 4 === 3 ? String(900_000 + fault) : ids[fault * 3]!;
        if (fault % 4 === 0) {
          expected.missing!.push(id);
          await client.remove(liveIndex, [Number(id)]);
        } else if (fault % 4 === 1) {
          expected.stale!.push(id);
          await client.put(liveIndex, [{ id: Number(id), namespace: 'acme', hash: 'another' }]);
        } else if (fault % 4 === 2) {
          // A change whose row in the outbox was lost.
          expected.stale!.push(id);
          await database.query(sql('update repository set stars = stars + 1 where id = $1'), [id]);
          await index.app.get(SearchSync, { strict: false }).sync([id]);
          await database.query(sql('delete from search_outbox where repository_id = $1'), [id]);
        } else {
          expected.orphaned!.push(id);
          await client.put(liveIndex, [{ id: Number(id), namespace: 'acme', hash: 'another' }]);
        }
      }
      const { replica, documents, lists } = await maintenance.check(false);
      for (const kind of ['missing', 'stale', 'orphaned'] as const) {
        assert.deepEqual([...replica![kind]].sort(), expected[kind]!.sort(), kind);
      }
      assert.deepEqual([documents, lists], [noDifference, noListDifference]);
      await maintenance.check(true);
    });
    await eventually(async () => {
      assert.deepEqual((await maintenance.check(false)).replica, noDifference);
      assert.equal((await maintenance.state()).pending, 0);
    }, 20_000);
  });

  it('in PostgreSQL is found and repaired, each of 100 faults (R11)', async () => {
    const expected = new Map<Kind, string[]>();
    const inject = async (kind: Kind, statement: string, id: string): Promise<void> => {
      expected.set(kind, [...(expected.get(kind) ?? []), id]);
      assert.ok((await faulty(statement, id)) > 0, statement);
    };
    for (let fault = 0; fault < popular / 2; fault++) {
      await inject('misspelt', fault % 2 === 0 ? unlearnWhole : unlearnOne, ids[fault]!);
    }
    for (let fault = popular / 2; fault < faults; fault++) {
      await inject(...faultsInPostgres[fault % faultsInPostgres.length]!, ids[popular + fault]!);
    }
    const { documents, lists } = await maintenance.check(false);
    for (const kind of ['missing', 'stale', 'orphaned'] as const) {
      assert.deepEqual([...documents[kind]].sort(), expected.get(kind)!.sort(), kind);
    }
    assert.deepEqual(lists, {
      missing: expected.get('list misses')!.length,
      orphaned: expected.get('list has orphaned')!.length,
      misspelt: expected.get('misspelt')!.length,
    });
    await maintenance.check(true, false);
    const after = await maintenance.check(false);
    assert.deepEqual([after.documents, after.lists], [noDifference, noListDifference]);
    assert.deepEqual(await database.query(sql(postingsMismatch)), []);
  });

  it('does not occur when changes commit in any order (R07)', async () => {
    const { drift } = await maintenance.state();
    const changes = 2_000;
    const together = 16;
    let started = 0;
    const changing = Array.from({ length: together }, async (_, lane) => {
      for (; started < changes;) {
        started += 1;
        const id = ids[(started * 7) % ids.length]!;
        await database.transaction(async (manager) => {
          await manager.query('update search_document set stars = stars + 1 where repository_id = $1', [id]);
          // Meanwhile later changes get higher numbers and commit first.
          if (lane % 4 === 0) await manager.query('select pg_sleep(0.02)');
        });
      }
    });
    await Promise.all(changing);
    await eventually(async () => assert.equal((await maintenance.state()).pending, 0), 30_000);
    assert.deepEqual((await maintenance.check(false)).replica, noDifference);
    assert.equal((await maintenance.state()).drift, drift, 'repaired by a check instead of sent');
  });

  it('does not occur when a rebuild is killed, and searches succeed meanwhile (R08)', async () => {
    const installation = await ProductFixture.create();
    const env = { DATABASE_URL: index.database.url, SECRET_KEY: testSecretKey };
    const building = async (): Promise<string | null> =>
      (await database.query(sql<{ building: string | null }>('select building from search_replica')))[0]!
        .building;
    const searchSucceeds = async (): Promise<void> => {
      const { status, json } = await index.anonymous.get('/v1/search?q=many');
      assert.equal(status, 200);
      assert.ok(json.num_results > 200, `${json.num_results} found`);
    };
    try {
      let interrupted: string | null = null;
      for (let attempt = 0; attempt < 10 && interrupted === null; attempt++) {
        const rebuild = installation.start(['search', 'rebuild'], {
          ...env,
          MEILI_URL: meilisearch.url,
          MEILI_KEY: masterKey,
        });
        let hasEnded = false;
        void rebuild.result.then(() => (hasEnded = true));
        while (!hasEnded && (await building()) === null) await searchSucceeds();
        // From now on it waits for the task of its documents.
        meilisearch.failure = 'loses tasks';
        await searchSucceeds();
        interrupted = await building();
        await rebuild.kill();
        if (interrupted !== null) {
          await database.query(sql('update search_document set stars = stars + 1 where repository_id = $1'), [
            ids[2],
          ]);
          await database.query(sql('delete from search_document where repository_id = $1'), [ids[5]]);
          for (let searches = 0; searches < 20; searches++) await searchSucceeds();
        }
        meilisearch.failure = undefined;
      }
      assert.notEqual(interrupted, null, 'every rebuild ended before it was killed');
      await eventually(async () => {
        await searchSucceeds();
        assert.equal(await building(), null);
        assert.equal((await maintenance.state()).pending, 0);
      }, 30_000);
      const rows = await database.query(sql<{ generation: string }>('select generation from search_replica'));
      assert.equal(rows[0]!.generation, interrupted, 'repeated instead of continued');
      assert.deepEqual((await maintenance.check(false)).replica, noDifference);
      assert.ok(!meilisearch.ids(liveIndex).includes(Number(ids[5])));
    } finally {
      await installation.remove();
    }
  });

  const faulty = async (statement: string, id: string): Promise<number> => {
    const counted = `with done as (${statement} returning 1) select count(*)::int as rows from done`;
    const [row] = await database.query(sql<{ rows: number }>(counted), [id]);
    return row!.rows;
  };

  /** Holds the writer lock, so that the worker sends and repairs nothing meanwhile. */
  async function asOnlyWriter(work: () => Promise<void>): Promise<void> {
    await database.transaction(async (manager) => {
      await manager.query('select pg_advisory_xact_lock(73000001)');
      await work();
    });
  }
});
