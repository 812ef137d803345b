import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { Pool } from 'pg';
import { createTestDatabase, type TestDatabase } from '../../../../../test/support/database';
import { withRetry } from './retrying-pool';

describe('a patient pool', () => {
  let database: TestDatabase;
  let line: Server;
  let pool: Pool;
  let connected = true;
  let refused = 0;
  const sockets = new Set<Socket>();
  beforeAll(async () => {
    database = await createTestDatabase();
    const target = new URL(database.url);
    line = createServer((socket) => {
      if (!connected) {
        refused += 1;
        return void socket.destroy();
      }
      const server = connect(Number(target.port), target.hostname);
      for (const end of [socket, server]) {
        sockets.add(end);
        end.on('error', () => undefined).on('close', () => (socket.destroy(), server.destroy()));
      }
      socket.pipe(server).pipe(socket);
    });
    line.listen(0, '127.0.0.1');
    await once(line, 'listening');
    const url = new URL(database.url);
    url.host = `127.0.0.1:${(line.address() as AddressInfo).port}`;
    pool = new Pool({ connectionString: url.href });
    pool.on('error', () => undefined);
  });
  afterAll(async () => {
    await pool.end();
    line.close();
    await database.drop();
  });
  const cut = (): void => {
    connected = false;
    refused = 0;
    for (const socket of sockets) socket.destroy();
  };

  it('sends a query when the database is back', async () => {
    const waiting = withRetry(pool, () => false);
    assert.equal((await waiting.query('select 1')).rowCount, 1);
    cut();
    const asked = waiting.query('select 2 as n');
    while (refused < 2) await new Promise((resolve) => setImmediate(resolve));
    connected = true;
    assert.deepEqual((await asked).rows, [{ n: 2 }]);
  });

  it('does not wait when all is over, nor repeat what is wrong', async () => {
    await assert.rejects(withRetry(pool, () => false).query('select nonsense'), { code: '42703' });
    cut();
    await assert.rejects(withRetry(pool, () => true).query('select 1'));
    connected = true;
  });

  it('is the pool in everything else', async () => {
    const same = withRetry(pool, () => false);
    const client = await same.connect();
    assert.equal((await client.query('select 1')).rowCount, 1);
    client.release();
    assert.equal(same.totalCount, pool.totalCount);
  });
});
