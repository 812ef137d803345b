import { runMigrations as migrateJobs } from 'graphile-worker';
import type { Client } from 'pg';
import { DataSource, type MigrationInterface } from 'typeorm';
import { databaseOptions } from './database-options';
import {
  insertSetting,
  lockMigrations,
  selectHasSchemaRequirement,
  selectHasSettings,
  selectMigrations,
  selectOldestCode,
  selectSetting,
} from './migrate.queries';
import { runQuery } from './query';
import { requireMigrationRights, requireUsableDatabase } from './requirements';
import { Sealer } from './sealer';
import { withClient } from './with-client';

type MigrationClass = new () => MigrationInterface;

/**
 * The state of the schema as this code sees it, and the names of the migrations that have not run. `newer` means that
 * only newer code may run on it.
 */
export type SchemaState = { state: 'current' | 'behind' | 'newer'; pending: string[] };

// Key of the advisory lock: the same in every process, and different from those of other products in the database.
const migrationLock = 5_020_881;
const sealedCheck = 'sealed-check';

/** Timestamp of a migration, from its class name: the level of the code that knows it. */
const level = (migration: MigrationClass | string): number =>
  Number(/\d{13}$/.exec(typeof migration === 'string' ? migration : migration.name)?.[0] ?? 0);

/**
 * Compares the schema with the migrations that this code knows. Changes nothing. Throws the errors of
 * `requireUsableDatabase`.
 */
export async function schemaState(url: string, migrations: readonly MigrationClass[]): Promise<SchemaState> {
  return withClient(url, async (client) => {
    await withClient(url, (other) => requireUsableDatabase(client, other));
    if (await hasSchema(client)) {
      const requirement = await runQuery(client, selectOldestCode);
      const ownLevel = Math.max(...migrations.map(level));
      if (Number(requirement.rows[0]?.oldest) > ownLevel) return { state: 'newer', pending: [] };
    }
    const pending = await pendingOf(client, migrations);
    return { state: pending.length > 0 ? 'behind' : 'current', pending };
  });
}

/**
 * Migrates the schema to this code: first the job queue's, then our own migrations, each in a transaction of its own.
 * An advisory lock makes sure that, of several processes that start at the same time, one migrates. With a secret key,
 * it also checks that the database was sealed with that key. Returns the names of the migrations that ran.
 */
export async function migrate(
  url: string,
  migrations: readonly MigrationClass[],
  secretKey?: string,
): Promise<string[]> {
  return withClient(url, async (client) => {
    await withClient(url, (other) => requireUsableDatabase(client, other));
    await requireMigrationRights(client);
    await runQuery(client, lockMigrations, [migrationLock]);
    await migrateJobs({ connectionString: url });
    const pending = await pendingOf(client, migrations);
    const ran = pending.length > 0 ? await runPending(url, migrations) : [];
    if (secretKey !== undefined) await checkSealed(client, new Sealer(secretKey));
    return ran;
  });
}

async function hasSchema(client: Client): Promise<boolean> {
  const { rows } = await runQuery(client, selectHasSchemaRequirement);
  return rows[0]?.exists === true;
}

async function pendingOf(client: Client, migrations: readonly MigrationClass[]): Promise<string[]> {
  const { rows } = (await hasSchema(client)) ? await runQuery(client, selectMigrations) : { rows: [] };
  const done = new Set(rows.map(({ name }) => name));
  return migrations.map(({ name }) => name).filter((name) => !done.has(name));
}

async function runPending(url: string, migrations: readonly MigrationClass[]): Promise<string[]> {
  const dataSource = new DataSource({
    ...databaseOptions(url, 'migrate', 2),
    migrations: [...migrations],
    migrationsTransactionMode: 'each',
    extra: { statement_timeout: 0, lock_timeout: 4_000 },
  });
  try {
    await dataSource.initialize();
    const ran = await dataSource.runMigrations();
    return ran.map(({ name }) => name);
  } finally {
    if (dataSource.isInitialized) await dataSource.destroy();
  }
}

/** True when the database holds data that can be read only with the SECRET_KEY that it was sealed with. */
export async function hasEncryptedData(url: string): Promise<boolean> {
  return withClient(url, async (client) => {
    const table = await runQuery(client, selectHasSettings);
    if (!table.rows[0]?.exists) return false;
    const { rowCount } = await runQuery(client, selectSetting, [sealedCheck]);
    return rowCount !== 0;
  });
}

/**
 * Throws WRONG_SECRET_KEY if the database was sealed with another key. Each process checks this before it says that it is
 * ready, because its own key may differ from that of the process that migrated.
 */
export async function requireSecretKey(url: string, secretKey: string): Promise<void> {
  await withClient(url, (client) => checkSealed(client, new Sealer(secretKey)));
}

// A value that is sealed at the first start: a wrong SECRET_KEY is found before anything is signed or sealed with it.
async function checkSealed(client: Client, sealer: Sealer): Promise<void> {
  const sealed = sealer.seal(sealedCheck, sealedCheck).toString('base64');
  await runQuery(client, insertSetting, [sealedCheck, sealed]);
  const { rows } = await runQuery(client, selectSetting, [sealedCheck]);
  sealer.unseal(sealedCheck, Buffer.from(rows[0]!.value, 'base64'));
}
