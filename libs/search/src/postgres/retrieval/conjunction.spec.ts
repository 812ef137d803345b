import { Database, sql, type Query } from '@central-index/platform/database';
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

describe('a search of several words', () => {
  let own: TestDatabase;
  let context: INestApplicationContext;
  let database: Database;
  beforeAll(async () => {
    own = await createTestDatabase();
    context = await openTestModule(own, []);
    database = context.get(Database);
    for (const [word, documents] of [
      ['common', common],
      ['rare', rare],
    ] as const) {
      await database.manager.query(
        `insert into search_posting (term, rank_key) select $1, n * $2::int from generate_series(1, $3::int) as n`,
        [term('name', word), common / documents, documents],
      );
    }
    // Most words are rare: a planner that does not know the word expects a short list.
    await database.manager.query(
      'insert into search_posting (term, rank_key) select n, n from generate_series(1, 50000) as n',
    );
    await database.runMaintenance(sql('vacuum analyze search_posting'));
  });
  afterAll(async () => {
    await context.close();
    await own.drop();
  });

  /** The statement with which the engine searches this server. */
  const statementOf = async (q: string): Promise<{ text: string; values: readonly unknown[] }> => {
    const statements: { text: string; values: readonly unknown[] }[] = [];
    const recording = Object.assign(Object.create(database) as Database, {
      queryOne: (query: Query<unknown>, values: readonly unknown[]) => {
        statements.push({ text: query.text, values });
        return database.queryOne(query, values);
      },
    });
    await new PostgresEngine(recording).candidates({
      query: parseQuery(q),
      filters: {},
      order: 'relevance',
      viewer: { namespaces: [] },
      limit: 25,
    });
    return statements.at(-1)!;
  };

  it('probes the list of a common word and does not read it, whatever the version of the server', async () => {
    const { text, values } = await statementOf('common rare');
    await database.transaction(async (manager) => {
      await manager.query(`set local plan_cache_mode = force_generic_plan; prepare conjunction as ${text}`);
      const literals = values.map((value) => escapeLiteral(String(value)));
      const rows: Record<string, string>[] = await manager.query(
        `explain (analyze, costs off, timing off) execute conjunction (${literals.join(', ')})`,
      );
      const plan = rows.map((row) => Object.values(row)[0]).join('\n');
      const removedRows = [...plan.matchAll(/Rows Removed by .*?: (\d+)/g)].map(([, count]) => Number(count));
      assert.ok(Math.max(0, ...removedRows) <= rare, plan);
    });
  });
});
