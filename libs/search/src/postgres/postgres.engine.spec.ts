import { Database } from '@central-index/platform/database';
import { createTestDatabase } from '../../../../test/support/database';
import { openTestModule } from '../../../../test/support/test-module';
import { PostgresEngine } from './postgres.engine';
import { searchEngineContract } from '../../../../test/contracts/search-engine.contract';

// On a server that looks up arrays, and as on one that does not.
for (const version of [18, 16]) {
  searchEngineContract(`PostgresEngine on PostgreSQL ${version}`, async () => {
    const own = await createTestDatabase();
    const context = await openTestModule(own, []);
    const database = Object.assign(Object.create(context.get(Database)) as Database, {
      majorVersion: () => Promise.resolve(version),
    });
    let made = 0;
    return {
      engine: new PostgresEngine(database),
      async repositories(count) {
        await database.rows('delete from search_document');
        const rows = await database.rows<{ id: string }>(
          `insert into repository (namespace_id, path, name, state)
         select id, 'library/r' || n, 'r' || n, 'active'
         from namespace, generate_series($1::int, $2::int) as n where namespace.name = 'library'
         returning repository.id`,
          [made, made + count - 1],
        );
        made += count;
        return rows.map(({ id }) => id);
      },
      async close() {
        await context.close();
        await own.drop();
      },
    };
  });
}
