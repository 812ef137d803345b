import { createLogger } from '@central-index/platform/logging';
import assert from 'node:assert/strict';
import { it } from '@jest/globals';
import { Client } from 'pg';
import { createTestDatabase } from '../../../../test/support/database';
import { eventually } from '../../../../test/support/eventually';
import { ChangeListener } from './change-listener';

it('a change listener leaves no connection open when it is destroyed while it connects', async () => {
  const database = await createTestDatabase();
  const client = new Client({ connectionString: database.url });
  await client.connect();
  const logger = createLogger({ level: 'fatal', format: 'json', role: 'test' });
  const changes = new ChangeListener({ url: database.url, role: 'hasty' }, logger);
  try {
    assert.equal(changes.isLive, false, 'reading it opens the connection');
    await changes.onModuleDestroy();
    const open = async (): Promise<number | null> => {
      const text = `select pg_sleep(0.005) from pg_stat_activity
                     where application_name like '%hasty%' and datname = current_database()`;
      return (await client.query(text)).rowCount;
    };
    // The server takes a moment to notice that the connection was closed.
    await eventually(async () => assert.equal(await open(), 0));
    for (let check = 0; check < 100; check += 1) assert.equal(await open(), 0, `check ${check}`);
  } finally {
    await changes.onModuleDestroy();
    await client.end();
    await database.drop();
  }
});
