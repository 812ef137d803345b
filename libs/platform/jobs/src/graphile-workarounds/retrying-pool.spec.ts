import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { Pool } from 'pg';
import { createTestDatabase, type TestDatabase } from '../../../../../test/support/database';
import { withRetry } from './retrying-pool';

describe('a retrying pool', () => {
  let database: TestDatabase;
  let proxy: Server;
  let pool: Pool;
  let connected = true;
  let refused = 0;
  const sockets = new Set<Socket>();
  beforeAll(async () => {
    database = await createTestDatabase();
    const target = new URL(database.url);
    proxy = createServer((socket) => {
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
    proxy.listen(0, '127.0.0.1');
    await once(proxy, 'listening');
    const url = new URL(database.url);
    url.host = `127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    pool = new Pool({ connectionString: url.href });
    pool.on('error', () => undefined);
  });
  afterAll(async () => {
    await pool.end();
    proxy.close();
    await database.drop();
  });
  const disconnect = (): void => {
    connected = false;
    refused = 0;
    for (const socket of sockets) socket.destroy();
  };

  it('retries a query until the database is available again', async () => {
    const retrying = withRetry(pool, () => false);
    assert.equal((await retrying.query('select 1')).rowCount, 1);
    disconnect();
    const result = retrying.query('select 2 as n');
    while (refused < 2) await new Promise((resolve) => setImmediate(resolve));
    connected = true;
    assert.deepEqual((await result).rows, [{ n: 2 }]);
  });

  it('does not retry while the process stops, nor after other errors', async () => {
    await assert.rejects(withRetry(pool, () => false).query('select nonsense'), { code: '42703' });
    disconnect();
    await assert.rejects(withRetry(pool, () => true).query('select 1'));
    connected = true;
  });

  it('delegates everything else to the pool', async () => {
    const same = withRetry(pool, () => false);
    const client = await same.connect();
    assert.equal((await client.query('select 1')).rowCount, 1);
    client.release();
    assert.equal(same.totalCount, pool.totalCount);
  });
});
