import { loadConfig } from '@central-index/platform/config';
import { copyDatabase, type DatabaseCopy } from '@central-index/platform/database';
import { SingleBar } from 'cli-progress';
import { InvalidArgumentError, type Command } from 'commander';
import { migrations } from '../../../../migrations';
import { openDatabase, requireCurrentSchema } from '../database-access';
import { examples, printResult, type OutputOptions } from '../output';

interface CopyOptions extends OutputOptions {
  readonly to: string;
}

/** `database`: moves the database. */
export function databaseCommands(program: Command): void {
  const database = program.command('database').description('Move the database.');
  database
    .command('copy')
    .description(
      'Copy everything to another PostgreSQL, for example from the embedded database to a server. The target must be an ' +
        'empty database; a password for it may also be given as PGPASSWORD. The index may run meanwhile: the copy holds ' +
        'what had been committed when it began. To move, stop the index first, and start it afterwards with the new ' +
        'DATABASE_URL and the same SECRET_KEY. If the copy is interrupted, nothing of it stays: run it again.',
    )
    .requiredOption('--to <url>', 'the target, postgres://user:password@host:port/database', postgresUrl)
    .addHelpText(
      'after',
      examples('database copy --to postgres://central_index@db.internal:5432/central_index'),
    )
    .action(async (options: CopyOptions) => {
      const started = performance.now();
      const copy = await copyTo(options);
      const seconds = (performance.now() - started) / 1000;
      printResult(options, toJson(copy, seconds), toText(copy, seconds));
    });
}

function postgresUrl(text: string): string {
  if (!URL.canParse(text) || !/^postgres(ql)?:$/.test(new URL(text).protocol)) {
    throw new InvalidArgumentError('must be a URL such as postgres://user:password@host:5432/database.');
  }
  return text;
}

async function copyTo({ to, json }: CopyOptions): Promise<DatabaseCopy> {
  const config = loadConfig();
  const database = await openDatabase(config, { create: false, log: () => undefined });
  const bar = process.stderr.isTTY && !json ? newBar() : undefined;
  try {
    await requireCurrentSchema(database.url);
    bar?.start(1, 0, { table: '' });
    return await copyDatabase({
      from: database.url,
      to,
      migrations,
      progress: ({ table, done, total }) => {
        bar?.setTotal(total);
        bar?.update(done, { table });
      },
    });
  } finally {
    bar?.stop();
    await database.close();
  }
}

function toJson({ tables, sequences, snapshotAt, wasInUse }: DatabaseCopy, seconds: number): object {
  return {
    tables,
    sequences,
    snapshot_at: snapshotAt.toISOString(),
    was_in_use: wasInUse,
    seconds: Number(seconds.toFixed(3)),
  };
}

function toText({ tables, sequences, snapshotAt, wasInUse }: DatabaseCopy, seconds: number): string[] {
  const rows = tables.reduce((sum, table) => sum + table.rows, 0);
  return [
    `copied ${rows} rows of ${tables.length} tables and ${sequences} sequences in ${seconds.toFixed(1)} s; all checksums are equal`,
    ...(wasInUse
      ? [`the index was running: what it wrote after ${snapshotAt.toISOString()} is not in the copy`]
      : []),
    'start the index with the new DATABASE_URL and the same SECRET_KEY',
  ];
}

function newBar(): SingleBar {
  return new SingleBar({
    format: '{bar} {percentage} % | {table} | {eta_formatted} left',
    hideCursor: true,
    stream: process.stderr,
  });
}
