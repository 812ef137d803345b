import { createHash, randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hasAccess, chooseOsUser, type OsUser } from './os-user';
import { noDatabaseYet, unusableData } from './embedded-postgres.errors';
import { ownIdentity } from '@central-index/platform/process';

/** Where the files of one embedded database lie. */
export interface DataLayout {
  /** Holds everything below. */
  readonly folder: string;
  /** PostgreSQL's data directory. */
  readonly data: string;
  /** The superuser's password, readable by the owner of the folder only. */
  readonly passwordFile: string;
  /** One file for each process that uses the server, named by its identity. */
  readonly clients: string;
  /** Held while the server is being started or stopped. */
  readonly lockFile: string;
  /** What PostgreSQL logs. */
  readonly logFile: string;
  /** For copies of the programs. */
  readonly copies: string;
  readonly osUser: OsUser;
  /** True when the data is not in DATA_DIR because the account cannot walk there. */
  readonly isExternal: boolean;
}

/** Parent of data that cannot lie in DATA_DIR. */
const systemFolder = '/var/lib/central-index';

/**
 * Finds the database of a data folder, or with `create` decides where a new one goes: into the data folder, unless
 * the account that PostgreSQL runs as cannot walk there (a root user's home). It then lies in a folder of the system,
 * and a file in the data folder says which: without that file, data of an earlier folder of the same name would
 * come back.
 */
export function resolveDataLayout(dataDir: string, create: boolean): DataLayout {
  const inside = join(dataDir, 'database');
  const pointer = join(dataDir, 'database.path');
  const recorded = readPointer(pointer);
  for (const folder of [inside, ...(recorded === undefined ? [] : [recorded])]) {
    const data = join(folder, 'data');
    if (existsSync(data)) return layoutIn(folder, chooseOsUser(data), folder === recorded);
  }
  if (!create) throw noDatabaseYet(dataDir);

  const account = chooseOsUser(undefined);
  makeFolder(dataDir);
  requireWritable(dataDir);
  if (hasAccess(account, '-x', dataDir)) {
    makeFolder(inside);
    return layoutIn(inside, account, false);
  }
  const name = createHash('sha256').update(dataDir).digest('hex').slice(0, 16);
  const outside = recorded ?? join(systemFolder, `${name}-${randomBytes(4).toString('hex')}`);
  makeFolder(systemFolder);
  makeFolder(outside);
  if (!hasAccess(account, '-x', outside)) {
    throw unusableData(dataDir, `${account.name} can walk neither there nor to ${outside}`);
  }
  writeFileSync(pointer, `${outside}\n`, { mode: 0o644 });
  return layoutIn(outside, account, true);
}

function readPointer(pointer: string): string | undefined {
  return existsSync(pointer) ? readFileSync(pointer, 'utf8').trim() : undefined;
}

function layoutIn(folder: string, account: OsUser, elsewhere: boolean): DataLayout {
  return {
    folder,
    data: join(folder, 'data'),
    passwordFile: join(folder, 'password'),
    clients: join(folder, 'users'),
    lockFile: join(folder, 'lock'),
    logFile: join(folder, 'postgresql.log'),
    copies: systemFolder,
    osUser: account,
    isExternal: elsewhere,
  };
}

// Others may walk through, or PostgreSQL's account could not, but not list: the secrets inside are 0600 besides.
function makeFolder(path: string): void {
  if (existsSync(path)) return;
  mkdirSync(path, { recursive: true });
  chmodSync(path, 0o711);
}

function requireWritable(dataDir: string): void {
  const probe = join(dataDir, `.probe.${ownIdentity}`);
  try {
    writeFileSync(probe, '');
  } catch (error) {
    throw unusableData(dataDir, (error as Error).message);
  } finally {
    rmSync(probe, { force: true });
  }
}
