import { Client, type DatabaseError } from 'pg';
import type { MigrationInterface } from 'typeorm';
import { copyDiffers, targetInUse, targetNotEmpty, targetUnreachable } from './copy-database.errors';
import {
  analyzeAll,
  beginCopy,
  beginSnapshot,
  commitCopy,
  configureSession,
  copyIn,
  copyOut,
  limitLockWait,
  lockTables,
  selectChecksum,
  selectHasRows,
  selectReferences,
  selectSequences,
  selectSnapshot,
  selectTables,
  setSequence,
  setTriggers,
  truncateTables,
  tryLockCopy,
  unlimitLockWait,
  type ReferenceRow,
  type TableRow,
} from './copy-database.queries';
import { pipeCopy } from './copy-stream';
import { migrate, schemaState } from './migrate';
import { runQuery } from './query';

/** Where to copy from and to, and the listener for its progress. */
export interface DatabaseCopyOptions {
  /** Connection string of the source, whose schema is current. */
  readonly from: string;
  /** Connection string of an empty database. */
  readonly to: string;
  readonly migrations: readonly (new () => MigrationInterface)[];
  /** Called with the table in work, and the bytes of all tables: those on disk, and those copied. */
  readonly progress?: (state: {
    readonly table: string;
    readonly done: number;
    readonly total: number;
  }) => void;
}

/** One table that was copied and compared. */
export interface CopiedTable {
  readonly name: string;
  readonly rows: number;
  /** Of all rows, the same on both sides. */
  readonly checksum: string;
}

/** What was copied. */
export interface DatabaseCopy {
  readonly tables: readonly CopiedTable[];
  readonly sequences: number;
  /** The copy holds what had been committed by then. */
  readonly snapshotAt: Date;
  /** True if the product ran on the source: what it wrote after the snapshot is missing. */
  readonly wasInUse: boolean;
}

// Key of an advisory lock of the target.
const copyLock = 5_020_884;
// What a migrated database holds before it is used: a condition for the rows that would be data.
const seeded: Readonly<Record<string, string>> = {
  'public.schema_migration': 'false',
  'public.schema_requirement': 'false',
  'public.reserved_name': 'false',
  'public.purge_total': 'row_count > 0',
  'public.namespace': `origin <> 'system'`,
  'graphile_worker.migrations': 'false',
};

/**
 * Copies every table and sequence, those of the job queue too, to an empty database, which is migrated first. The source
 * may be in use: everything is read in one snapshot. The target is written in one transaction, which commits once the
 * checksums of all tables are equal: after a crash it has a schema and no data, and can be the target again. Throws
 * TARGET_NOT_EMPTY, TARGET_IN_USE, TARGET_UNREACHABLE or COPY_DIFFERS.
 */
export async function copyDatabase(options: DatabaseCopyOptions): Promise<DatabaseCopy> {
  const source = await connect(options.from);
  try {
    const target = await connect(options.to).catch((error: Error) => {
      throw targetUnreachable(error.message);
    });
    try {
      const { rows } = await runQuery(target, tryLockCopy, [copyLock]);
      if (!rows[0]?.locked) throw targetInUse();
      await prepareTarget(target, options);
      const copy = await copyAll(source, target, options.progress);
      await runQuery(target, analyzeAll);
      return copy;
    } finally {
      await target.end();
    }
  } finally {
    await source.end();
  }
}

async function connect(url: string): Promise<Client> {
  const client = new Client({
    connectionString: url,
    connectionTimeoutMillis: 10_000,
    application_name: 'central-index-copy',
    keepAlive: true,
  });
  // The statement that runs fails as well.
  client.on('error', () => undefined);
  await client.connect();
  await runQuery(client, configureSession);
  return client;
}

async function prepareTarget(target: Client, { to, migrations }: DatabaseCopyOptions): Promise<void> {
  const { rows: tables } = await runQuery(target, selectTables);
  if (tables.length > 0) {
    const { state } = await schemaState(to, migrations);
    const isOurs = tables.some(({ name }) => name === 'public.schema_migration');
    if (!isOurs) throw targetNotEmpty(`it has the table ${tables[0]!.name}`);
    await requireEmpty(target, tables);
    // A migration that was interrupted is completed below.
    if (state === 'newer') throw targetNotEmpty('it was migrated by a newer version');
  }
  await migrate(to, migrations);
}

async function requireEmpty(target: Client, tables: readonly TableRow[]): Promise<void> {
  for (const { name } of tables) {
    const { rows } = await runQuery(target, selectHasRows(name, seeded[name] ?? 'true'));
    if (rows[0]?.filled) throw targetNotEmpty(`it has rows in ${name}`);
  }
}

async function copyAll(
  source: Client,
  target: Client,
  progress: DatabaseCopyOptions['progress'],
): Promise<DatabaseCopy> {
  await runQuery(source, beginSnapshot);
  const snapshot = (await runQuery(source, selectSnapshot)).rows[0]!;
  const { rows: unordered } = await runQuery(source, selectTables);
  const { rows: references } = await runQuery(source, selectReferences);
  const tables = inOrderOfReferences(unordered, references);
  const names = tables.map(({ name }) => name);

  await runQuery(target, beginCopy);
  await runQuery(target, limitLockWait);
  await runQuery(target, lockTables(names)).catch((error: DatabaseError) => {
    throw error.code === '55P03' ? targetInUse() : error;
  });
  await runQuery(target, unlimitLockWait);
  // Again, now that no other session can write: an index may have been started on the target meanwhile.
  await requireEmpty(target, tables);
  for (const name of names) await runQuery(target, setTriggers(name, 'disable'));
  await runQuery(target, truncateTables(names));
  await copyTables(source, target, tables, progress);
  const { rows: sequences } = await runQuery(source, selectSequences);
  for (const { name, startValue, lastValue } of sequences) {
    await runQuery(target, setSequence, [name, lastValue ?? startValue, lastValue !== null]);
  }
  const copied: CopiedTable[] = [];
  for (const table of tables) copied.push(await compare(source, target, table));
  for (const name of names) await runQuery(target, setTriggers(name, 'enable'));
  await runQuery(target, commitCopy);
  return {
    tables: copied,
    sequences: sequences.length,
    snapshotAt: snapshot.time,
    wasInUse: snapshot.others > 0,
  };
}

async function copyTables(
  source: Client,
  target: Client,
  tables: readonly TableRow[],
  progress: DatabaseCopyOptions['progress'],
): Promise<void> {
  const total = tables.reduce((sum, { bytes }) => sum + bytes, 0);
  let before = 0;
  for (const { name, columns, bytes } of tables) {
    let copied = 0;
    const report = (): void =>
      progress?.({ table: name, done: before + Math.min(copied, bytes), total: Math.max(total, 1) });
    report();
    await pipeCopy(
      { client: source, statement: copyOut(name, columns).text },
      { client: target, statement: copyIn(name, columns).text },
      (chunk) => {
        copied += chunk;
        report();
      },
    );
    before += bytes;
  }
  progress?.({ table: '', done: total, total: Math.max(total, 1) });
}

async function compare(source: Client, target: Client, { name, columns }: TableRow): Promise<CopiedTable> {
  const query = selectChecksum(name, columns);
  const [left, right] = await Promise.all(
    [source, target].map(async (client) => (await runQuery(client, query)).rows[0]!),
  );
  if (left!.count !== right!.count || left!.checksum !== right!.checksum) throw copyDiffers(name);
  return { name, rows: Number(left!.count), checksum: left!.checksum };
}

/** Tables after those that they reference, otherwise in their order. */
export function inOrderOfReferences(
  tables: readonly TableRow[],
  references: readonly ReferenceRow[],
): TableRow[] {
  const ordered = new Map<string, TableRow>();
  const visit = (table: TableRow, path: readonly string[]): void => {
    if (ordered.has(table.name)) return;
    if (path.includes(table.name)) throw new Error(`${table.name} references itself through other tables`);
    for (const { name, referenced } of references) {
      const other = tables.find((one) => one.name === referenced);
      if (name === table.name && other !== undefined) visit(other, [...path, name]);
    }
    ordered.set(table.name, table);
  };
  for (const table of tables) visit(table, []);
  return [...ordered.values()];
}
