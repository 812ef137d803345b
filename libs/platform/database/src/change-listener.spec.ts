import { createLogger } from '@central-index/platform/logging';
import assert from 'node:assert/strict';
import { it } from '@jest/globals';
import { Client } from 'pg';
import { createTestDatabase } from '../../../../test/support/database';
import { eventually } from '../../../../test/support/eventually';
import { ChangeListener } from './change-listener';

it('what hears of changes leaves no connection behind, though it is closed while it opens one', async () => {
  const database = await createTestDatabase();
  const client = new Client({ connectionString: database.url });
  await client.connect();
  const logger = createLogger({ level: 'fatal', format: 'json', role: 'test' });
  const changes = new ChangeListener({ url: database.url, role: 'hasty' }, logger);
  try {
    assert.equal(changes.isLive, false, 'asking makes it listen');
    await changes.onModuleDestroy();
    const open = async (): Promise<number | null> => {
      const text = `select pg_sleep(0.005) from pg_stat_activity
                     where application_name like '%hasty%' and datname = current_database()`;
      return (await client.query(text)).rowCount;
    };
    // The server needs a moment to see that it was closed.
    await eventually(async () => assert.equal(await open(), 0));
    for (let looks = 0; looks < 100; looks += 1) assert.equal(await open(), 0, `look ${looks}`);
  } finally {
    await changes.onModuleDestroy();
    await client.end();
    await database.drop();
  }
});
