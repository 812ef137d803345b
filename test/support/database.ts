import { migrate } from '@central-index/platform/database';
import { migrations } from '../../migrations';
import { createHash, randomBytes } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';

/** The SECRET_KEY of every test database. */
export const testSecretKey = 'k7Qw2Zr9Xb4Nf6Tj1Vm8Hc3Ld5Ps0GyA';

/** A database that one spec owns. */
export interface TestDatabase {
  readonly url: string;
  drop(): Promise<void>;
}

const serverUrl = (): string => {
  const url = process.env.TEST_DATABASE_URL;
  if (!url)
    throw new Error(
      'TEST_DATABASE_URL is unset: run `npm test`, or set it to the URL of a PostgreSQL server',
    );
  return url;
};

function databaseUrl(database: string): string {
  const url = new URL(serverUrl());
  url.pathname = `/${database}`;
  return url.href;
}

async function withServer<T>(work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: serverUrl() });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

// Specs copy a migrated template, one per state of the migrations. A copy takes 50 ms, migrating takes 1 s.
async function ensureTemplate(client: Client): Promise<string> {
  const folder = join(__dirname, '..', '..', 'migrations');
  const hash = createHash('sha256');
  for (const file of readdirSync(folder)
    .filter((name) => name.endsWith('.js'))
    .sort()) {
    hash.update(readFileSync(join(folder, file)));
  }
  const name = `template_${hash.digest('hex').slice(0, 12)}`;
  await client.query('select pg_advisory_lock(5020882)');
  const { rowCount } = await client.query('select from pg_database where datname = $1', [name]);
  if (rowCount === 0) {
    await client.query(`create database "${name}_building"`);
    await migrate(databaseUrl(`${name}_building`), migrations, testSecretKey);
    await client.query(`alter database "${name}_building" rename to "${name}"`);
  }
  return name;
}

/** Creates a migrated database. The spec drops it when it ends. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const name = `test_${randomBytes(6).toString('hex')}`;
  await withServer(async (client) => {
    await client.query(`create database "${name}" template "${await ensureTemplate(client)}"`);
  });
  return testDatabase(name);
}

/** Creates a database without any schema. The spec drops it when it ends. */
export async function createEmptyDatabase(): Promise<TestDatabase> {
  const name = `test_${randomBytes(6).toString('hex')}`;
  await withServer(async (client) => void (await client.query(`create database "${name}"`)));
  return testDatabase(name);
}

function testDatabase(name: string): TestDatabase {
  return {
    url: databaseUrl(name),
    drop: () =>
      withServer(
        async (client) => void (await client.query(`drop database if exists "${name}" with (force)`)),
      ),
  };
}
