import { Client } from 'pg';

const connectionTimeoutMs = 5_000;

/** Runs work on a connection of its own, without a pool and without TypeORM: for the few queries of a program's start. */
export async function withClient<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: connectionTimeoutMs });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
