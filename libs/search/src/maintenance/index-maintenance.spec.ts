import { Database } from '@central-index/platform/database';
import type { INestApplicationContext } from '@nestjs/common';
import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/database';
import { openTestModule } from '../../../../test/support/test-module';
import { IndexMaintenance } from './index-maintenance';

const leftBehind = 'search_posting_pkey_ccnew';

describe('packing the indexes of search', () => {
  let own: TestDatabase;
  let context: INestApplicationContext;
  let database: Database;
  let packing: IndexMaintenance;
  beforeAll(async () => {
    own = await createTestDatabase();
    context = await openTestModule(own, []);
    database = context.get(Database);
    packing = new IndexMaintenance(database);
    // As lists grow: a page splits into two halves wherever it is full.
    await database.rows(
      `insert into search_posting select hashtextextended(n::text, 0), n from generate_series(1, 60000) as n`,
    );
    await database.rows('analyze search_posting');
  });
  afterAll(async () => {
    await context.close();
    await own.drop();
  });

  it('makes one that is loose smaller, keeps its rows, and leaves it alone afterwards', async () => {
    const [first, ...others] = await packing.reindex(1);
    assert.equal(first!.index, 'search_posting_pkey');
    assert.deepEqual(others, []);
    assert.ok(first!.after < 0.85 * first!.before, `${first!.before} to ${first!.after} bytes`);
    const [row] = await database.rows<{ n: number }>('select count(*)::int as n from search_posting');
    assert.equal(row!.n, 60_000);
    assert.deepEqual(await packing.reindex(1), []);
  });

  it('takes away what a packing that was killed left behind', async () => {
    await database.rows(`create index ${leftBehind} on search_posting (term)`);
    await database.rows(
      `update pg_index set indisvalid = false where indexrelid = '${leftBehind}'::regclass`,
    );
    await packing.reindex(1);
    const left = await database.rows('select from pg_class where relname = $1', [leftBehind]);
    assert.deepEqual(left, []);
  });
});
