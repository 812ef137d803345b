import { runMigrations as migrateJobs } from 'graphile-worker';
import { Client } from 'pg';
import { DataSource, type MigrationInterface } from 'typeorm';
import { databaseOptions } from './database-options';
import { Sealer } from './sealer';

type MigrationClass = new () => MigrationInterface;

/** How the schema stands to this code. `newer` means that only newer code may run on it. */
export type SchemaState = { state: 'current' | 'behind' | 'newer'; pending: string[] };

// One number for all processes of this product, whatever else locks in the same database.
const migrationLock = 5_020_881;
const sealedCheck = 'sealed-check';

/** Timestamp of a migration, from its class name: the level of the code that knows it. */
const level = (migration: MigrationClass | string): number =>
  Number(/\d{13}$/.exec(typeof migration === 'string' ? migration : migration.name)?.[0] ?? 0);

/** Compares the schema with the migrations that this code knows, changing nothing. */
export async function schemaState(url: string, migrations: readonly MigrationClass[]): Promise<SchemaState> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  await client.connect();
  try {
    const known = await client.query<{ there: boolean }>(
      `select to_regclass('schema_requirement') is not null as there`,
    );
    if (!known.rows[0]?.there) return { state: 'behind', pending: migrations.map(({ name }) => name) };
    const { rows } = await client.query<{ oldest: string }>(
      `select coalesce(max(oldest_code), 0)::text as oldest from schema_requirement`,
    );
    const own = Math.max(...migrations.map(level));
    if (Number(rows[0]?.oldest) > own) return { state: 'newer', pending: [] };
    const done = await client.query<{ name: string }>('select name from schema_migration');
    const names = new Set(done.rows.map(({ name }) => name));
    const pending = migrations.map(({ name }) => name).filter((name) => !names.has(name));
    return { state: pending.length > 0 ? 'behind' : 'current', pending };
  } finally {
    await client.end();
  }
}

/**
 * Brings the schema up to this code: job queue, then our own migrations, each in its own transaction, under an
 * advisory lock, so that of several processes starting at once one migrates. With a secret key it also checks that
 * key against what the database was sealed with. Returns the migrations that ran.
 */
export async function migrate(
  url: string,
  migrations: readonly MigrationClass[],
  secretKey?: string,
): Promise<string[]> {
  const lock = new Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  await lock.connect();
  const dataSource = new DataSource({
    ...databaseOptions(url, 'migrate', 2),
    migrations: [...migrations],
    migrationsTransactionMode: 'each',
    extra: { statement_timeout: 0, lock_timeout: 4_000 },
  });
  try {
    await lock.query('select pg_advisory_lock($1)', [migrationLock]);
    await migrateJobs({ connectionString: url });
    await dataSource.initialize();
    const ran = await dataSource.runMigrations();
    if (secretKey !== undefined) await checkSecretKey(lock, new Sealer(secretKey));
    return ran.map(({ name }) => name);
  } finally {
    if (dataSource.isInitialized) await dataSource.destroy();
    await lock.end();
  }
}

/** True when something in the database can be read only with the SECRET_KEY that it was sealed with. */
export async function hasEncryptedData(url: string): Promise<boolean> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  await client.connect();
  try {
    const known = await client.query<{ there: boolean }>(
      `select to_regclass('setting') is not null as there`,
    );
    if (!known.rows[0]?.there) return false;
    const { rowCount } = await client.query('select 1 from setting where key = $1', [sealedCheck]);
    return rowCount !== 0;
  } finally {
    await client.end();
  }
}

// A value sealed at first start: a wrong SECRET_KEY is found before anything is signed or sealed with it.
async function checkSecretKey(client: Client, sealer: Sealer): Promise<void> {
  const fresh = sealer.seal(sealedCheck, sealedCheck).toString('base64');
  await client.query('insert into setting (key, value) values ($1, $2) on conflict (key) do nothing', [
    sealedCheck,
    fresh,
  ]);
  const { rows } = await client.query<{ value: string }>('select value from setting where key = $1', [
    sealedCheck,
  ]);
  sealer.unseal(sealedCheck, Buffer.from(rows[0]!.value, 'base64'));
}
