import assert from 'node:assert/strict';
import { afterAll, beforeAll, it } from '@jest/globals';
import { Pool } from 'pg';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/database';
import { eventually } from '../../../../test/support/eventually';
import { NetworkFault } from '../../../../test/support/network-fault';
import { isReadTimeout, TimedClient } from './timed-client';

let database: TestDatabase;
let fault: NetworkFault;
beforeAll(async () => {
  database = await createTestDatabase();
  fault = await NetworkFault.start(database.url);
});
afterAll(async () => {
  await fault.close();
  await database.drop();
});

it('commits nothing of a transaction in which the server froze, even when its connection had more users', async () => {
  const pool = new Pool({ connectionString: fault.url, max: 1, query_timeout: 300, Client: TimedClient });
  pool.on('error', () => undefined);
  const direct = new Pool({ connectionString: database.url, max: 1 });
  try {
    await direct.query('create table frozen (n int)');
    const client = await pool.connect();
    client.on('error', () => undefined);
    await client.query('begin');
    fault.freeze();
    await assert.rejects(client.query('insert into frozen values (1)'), isReadTimeout);
    await client.query('rollback').catch(() => undefined);
    client.release();
    fault.thaw();
    await eventually(async () => {
      await pool.query('begin');
      await pool.query('insert into frozen values (2)');
      await pool.query('commit');
    }, 10_000);
    const { rows } = await direct.query<{ n: number }>('select n from frozen');
    assert.deepEqual(rows, [{ n: 2 }]);
  } finally {
    await pool.end();
    await direct.end();
  }
});
