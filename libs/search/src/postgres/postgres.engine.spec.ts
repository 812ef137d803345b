import { Database } from '@central-index/platform/database';
import { createTestDatabase } from '../../../../test/support/database';
import { openTestModule } from '../../../../test/support/test-module';
import { PostgresEngine } from './postgres.engine';
import { searchEngineContract } from '../../../../test/contracts/search-engine.contract';

// With and without probing arrays, whatever the version of this server.
for (const version of [18, 16]) {
  searchEngineContract(`PostgresEngine on PostgreSQL ${version}`, async () => {
    const own = await createTestDatabase();
    const context = await openTestModule(own, []);
    const database = Object.assign(Object.create(context.get(Database)) as Database, {
      majorVersion: () => Promise.resolve(version),
    });
    let created = 0;
    return {
      engine: new PostgresEngine(database),
      async repositories(count) {
        await database.manager.query('delete from search_document');
        const rows: { id: string }[] = await database.manager.query(
          `insert into repository (namespace_id, path, name, state)
         select id, 'library/r' || n, 'r' || n, 'active'
         from namespace, generate_series($1::int, $2::int) as n where namespace.name = 'library'
         returning repository.id`,
          [created, created + count - 1],
        );
        created += count;
        return rows.map(({ id }) => id);
      },
      async close() {
        await context.close();
        await own.drop();
      },
    };
  });
}
