import { Database, sql } from '@central-index/platform/database';
import type { INestApplicationContext } from '@nestjs/common';
import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/database';
import { openTestModule } from '../../../../test/support/test-module';
import { IndexMaintenance } from './index-maintenance';

const leftBehind = 'search_posting_pkey_ccnew';

describe('index maintenance', () => {
  let own: TestDatabase;
  let context: INestApplicationContext;
  let database: Database;
  let maintenance: IndexMaintenance;
  beforeAll(async () => {
    own = await createTestDatabase();
    context = await openTestModule(own, []);
    database = context.get(Database);
    maintenance = new IndexMaintenance(database);
    // In random order of the keys, so that full pages split into halves.
    await database.query(
      sql(
        `insert into search_posting select hashtextextended(n::text, 0), n from generate_series(1, 60000) as n`,
      ),
    );
    await database.query(sql('analyze search_posting'));
  });
  afterAll(async () => {
    await context.close();
    await own.drop();
  });

  it('rebuilds a bloated index with all its rows, once', async () => {
    const [first, ...others] = await maintenance.reindex(1);
    assert.equal(first!.index, 'search_posting_pkey');
    assert.deepEqual(others, []);
    assert.ok(first!.after < 0.85 * first!.before, `${first!.before} to ${first!.after} bytes`);
    const [row] = await database.query(sql<{ n: number }>('select count(*)::int as n from search_posting'));
    assert.equal(row!.n, 60_000);
    assert.deepEqual(await maintenance.reindex(1), []);
  });

  it('drops an index that a killed run has left', async () => {
    await database.query(sql(`create index ${leftBehind} on search_posting (term)`));
    await database.query(
      sql(`update pg_index set indisvalid = false where indexrelid = '${leftBehind}'::regclass`),
    );
    await maintenance.reindex(1);
    const left = await database.query(sql('select from pg_class where relname = $1'), [leftBehind]);
    assert.deepEqual(left, []);
  });
});
