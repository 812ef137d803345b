import assert from 'node:assert/strict';
import { afterAll, beforeAll, it } from '@jest/globals';
import { Client } from 'pg';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/database';
import { requireUsableDatabase } from './requirements';

let database: TestDatabase;
const clients: Client[] = [];
const open = async (): Promise<Client> => {
  const client = new Client({ connectionString: database.url });
  await client.connect();
  clients.push(client);
  return client;
};
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(async () => {
  for (const client of clients) await client.end();
  await database.drop();
});

it('accepts two connections with sessions of their own', async () => {
  await requireUsableDatabase(await open(), await open());
});

it('recognises a pooler by one session for two connections', async () => {
  const client = await open();
  await assert.rejects(requireUsableDatabase(client, client), { code: 'TRANSACTION_POOLER' });
});
