import { Database, type Query, sql } from '@central-index/platform/database';
import type { INestApplicationContext } from '@nestjs/common';
import assert from 'node:assert/strict';
import { afterAll, afterEach, beforeAll, describe, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/database';
import { postingsMismatch } from '../../../../test/support/postings-mismatch';
import { openTestModule } from '../../../../test/support/test-module';
import { PostingCheck } from './posting-check';

const documents = 12_000;

interface Activity {
  readonly pid: number;
  readonly state: string;
  readonly query: string;
}

/** The database, which calls `afterRead` after each query that returns rows, and after each transaction. */
function watched(database: Database, afterRead: () => Promise<void>): Database {
  const proxy = Object.create(database) as Database;
  proxy.query = async (...[query, values, manager]: Parameters<Database['query']>) => {
    const rows = await database.query(query as Query<never>, values, manager);
    await afterRead();
    return rows;
  };
  proxy.queryOne = async (...[query, values, manager]: Parameters<Database['queryOne']>) => {
    const row = await database.queryOne(query as Query<never>, values, manager);
    await afterRead();
    return row;
  };
  proxy.transaction = async (work) => {
    const result = await database.transaction(work);
    await afterRead();
    return result;
  };
  return proxy;
}

describe('the check of postings', () => {
  let own: TestDatabase;
  let context: INestApplicationContext;
  let database: Database;
  beforeAll(async () => {
    own = await createTestDatabase();
    context = await openTestModule(own, []);
    database = context.get(Database);
    await database.query(
      sql(`insert into repository (namespace_id, path, name, state)
       select id, 'library/r' || n, 'r' || n, 'active'
       from namespace, generate_series(1, ${documents}) as n where namespace.name = 'library'`),
    );
    await database.query(
      sql(`insert into search_document (repository_id, rank_key, namespace, name, official, automated, private, description,
         stars, pulls, terms, updated_at, version)
       select id, (16383::bigint << 48) | id, 'library', name, true, false, false, '', 0, 0,
         array[hashtextextended(name, 1), hashtextextended(name, 2)], now(), 1 from repository`),
    );
  });
  afterEach(async () => {
    await new PostingCheck(database).run(true);
    assert.deepEqual(await database.query(sql(postingsMismatch)), []);
  });
  afterAll(async () => {
    await context.close();
    await own.drop();
  });

  const addOrphaned = (term: number): Promise<unknown> =>
    database.query(sql('insert into search_posting select $1, min(rank_key) from search_document'), [term]);
  const removePosting = (id: number): Promise<unknown> =>
    database.query(
      sql(`delete from search_posting using search_document document
       where repository_id = (select min(repository_id) + $1 from search_document)
         and term = terms[1] and search_posting.rank_key = document.rank_key`),
      [id],
    );

  it('finds missing and orphaned postings in every slice, and repairs them', async () => {
    await addOrphaned(1);
    await addOrphaned(-(2 ** 52));
    for (const id of [0, 5_000, documents - 1]) await removePosting(id);
    const check = new PostingCheck(database);
    const expected = { missing: 3, orphaned: 2, misspelt: 0 };
    assert.deepEqual(await check.run(false), expected);
    assert.deepEqual(await check.run(true), expected);
    assert.deepEqual(await check.run(false), { missing: 0, orphaned: 0, misspelt: 0 });
  });

  for (const repair of [false, true]) {
    it(`has no transaction and no snapshot open between slices, ${repair ? 'with' : 'without'} repair`, async () => {
      await addOrphaned(2);
      for (const id of [1, 5_001, documents - 2]) await removePosting(id);
      let observations = 0;
      const check = new PostingCheck(
        watched(database, async () => {
          observations += 1;
          const open = await database.query(
            sql<Activity>(`select pid, state, query from pg_stat_activity
             where datname = current_database() and backend_type = 'client backend'
               and pid <> pg_backend_pid() and application_name not like '%listener'
               and (xact_start is not null or backend_xmin is not null or backend_xid is not null)`),
          );
          assert.deepEqual(open, []);
        }),
      );
      assert.deepEqual(await check.run(repair, 1), { missing: 3, orphaned: 1, misspelt: 0 });
      // Three slices of documents and two of postings, of two statements each.
      assert.ok(observations >= 10, `${observations} observations`);
    });
  }

  it('does not report concurrent changes', async () => {
    await addOrphaned(3);
    const [{ first } = { first: '' }] = await database.query(
      sql<{ first: string }>('select min(repository_id) as first from search_document'),
    );
    let hasEnded = false;
    let changes = 0;
    const changing = (async () => {
      for (; !hasEnded; changes += 1) {
        const range = [first, (changes * 997) % documents];
        await database.query(
          sql(`update search_document set private = not private, rank_key = rank_key - (1::bigint << 48),
             terms = array[terms[1] + 1, terms[2]]
           where repository_id between $1::bigint + $2 and $1::bigint + $2 + 500`),
          range,
        );
      }
    })();
    try {
      const check = new PostingCheck(database);
      for (let run = 0; run < 5; run += 1) {
        assert.deepEqual(await check.run(false), { missing: 0, orphaned: 1, misspelt: 0 });
      }
    } finally {
      hasEnded = true;
      await changing;
    }
    assert.ok(changes > 10, `${changes} changes`);
  });
});
