import { Database, sql } from '@central-index/platform/database';
import type { INestApplicationContext } from '@nestjs/common';
import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { escapeLiteral } from 'pg';
import { createTestDatabase, type TestDatabase } from '../../../../../test/support/database';
import { openTestModule } from '../../../../../test/support/test-module';
import { term } from '../storage/terms';
import { PostgresEngine } from '../postgres.engine';
import { parseQuery } from '../../query/query';

const common = 50_000;
const rare = 500;

describe('where several words meet', () => {
  let own: TestDatabase;
  let rooms: INestApplicationContext;
  let database: Database;
  beforeAll(async () => {
    own = await createTestDatabase();
    rooms = await openTestModule(own, []);
    database = rooms.get(Database);
    for (const [word, documents] of [
      ['common', common],
      ['rare', rare],
    ] as const) {
      await database.rows(
        `insert into search_posting (term, rank_key) select $1, n * $2::int from generate_series(1, $3::int) as n`,
        [term('name', word), common / documents, documents],
      );
    }
    // Most words are rare: a planner that knows no word expects a short list.
    await database.rows(
      'insert into search_posting (term, rank_key) select n, n from generate_series(1, 50000) as n',
    );
    await database.runMaintenance(sql('vacuum analyze search_posting'));
  });
  afterAll(async () => {
    await rooms.close();
    await own.drop();
  });

  /** The statement of a search as the engine asks it of this server. */
  const asked = async (q: string): Promise<{ sql: string; values: readonly unknown[] }> => {
    const statements: { sql: string; values: readonly unknown[] }[] = [];
    const listening = Object.assign(Object.create(database) as Database, {
      prepared: (sql: string, values: readonly unknown[]) => {
        statements.push({ sql, values });
        return database.prepared(sql, values);
      },
    });
    await new PostgresEngine(listening).candidates({
      query: parseQuery(q),
      filters: {},
      order: 'relevance',
      viewer: { namespaces: [] },
      limit: 25,
    });
    return statements.at(-1)!;
  };

  it('the list of a common word is probed, not read, whatever the version of the server', async () => {
    const { sql, values } = await asked('common rare');
    await database.transaction(async (manager) => {
      await manager.query(`set local plan_cache_mode = force_generic_plan; prepare meeting as ${sql}`);
      const literals = values.map((value) => escapeLiteral(String(value)));
      const rows = await database.rows<Record<string, string>>(
        `explain (analyze, costs off, timing off) execute meeting (${literals.join(', ')})`,
        [],
        manager,
      );
      const plan = rows.map((row) => Object.values(row)[0]).join('\n');
      const passedOver = [...plan.matchAll(/Rows Removed by .*?: (\d+)/g)].map(([, count]) => Number(count));
      assert.ok(Math.max(0, ...passedOver) <= rare, plan);
    });
  });
});
