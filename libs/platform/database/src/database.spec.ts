import type { INestApplicationContext } from '@nestjs/common';
import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/database';
import { openTestModule } from '../../../../test/support/test-module';
import { Database } from './database';

describe('connections to the database', () => {
  let own: TestDatabase;
  let rooms: INestApplicationContext;
  let database: Database;
  beforeAll(async () => {
    own = await createTestDatabase();
    rooms = await openTestModule(own, []);
    database = rooms.get(Database);
  });
  afterAll(async () => {
    await rooms.close();
    await own.drop();
  });

  // Whatever the server has by itself.
  const set = `select name, setting from pg_settings where source = 'client' and name in ('jit', 'plan_cache_mode')
    order by name`;

  it('compile no statement', async () => {
    assert.deepEqual(await database.rows(set), [{ name: 'jit', setting: 'off' }]);
  });

  it('plan prepared statements once for all values, and compile none', async () => {
    assert.deepEqual(await database.prepared(set), [
      { name: 'jit', setting: 'off' },
      { name: 'plan_cache_mode', setting: 'force_generic_plan' },
    ]);
  });

  it('tell the version of the server', async () => {
    const [row] = await database.rows<{ version: string }>('select version()');
    assert.ok(row!.version.startsWith(`PostgreSQL ${await database.majorVersion()}.`));
  });
});
