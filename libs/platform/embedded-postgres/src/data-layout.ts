import { createHash, randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hasAccess, chooseOsUser, type OsUser } from './os-user';
import { noDatabaseYet, unusableData } from './embedded-postgres.errors';
import { ownIdentity } from '@central-index/platform/process';

/** The paths of one embedded database. */
export interface DataLayout {
  /** Contains everything below. */
  readonly folder: string;
  /** PostgreSQL's data directory. */
  readonly data: string;
  /** The superuser's password, readable by the owner of the folder only. */
  readonly passwordFile: string;
  /** Folder with one file per process that uses the server, named by the identity of the process. */
  readonly clients: string;
  /** Locked while the server is being started or stopped. */
  readonly lockFile: string;
  /** PostgreSQL's log. */
  readonly logFile: string;
  /** Folder for copies of the programs. */
  readonly copies: string;
  readonly osUser: OsUser;
  /** True when the data is not in DATA_DIR because the OS user cannot reach it. */
  readonly isExternal: boolean;
}

/** Parent of data that cannot be stored in DATA_DIR. */
const systemFolder = '/var/lib/central-index';

/**
 * Finds the database of a data folder, or with `create` decides where a new one is stored: in the data folder, unless the
 * OS user that PostgreSQL runs as cannot reach it (such as root's home). Then it is stored in a folder of the system, and
 * a file in the data folder records the path: without that file, a new data folder could get the data of a deleted one
 * of the same name. Throws NO_DATABASE or DATA_DIR_UNUSABLE.
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

  const user = chooseOsUser(undefined);
  makeFolder(dataDir);
  requireWritable(dataDir);
  if (hasAccess(user, '-x', dataDir)) {
    makeFolder(inside);
    return layoutIn(inside, user, false);
  }
  const name = createHash('sha256').update(dataDir).digest('hex').slice(0, 16);
  const outside = recorded ?? join(systemFolder, `${name}-${randomBytes(4).toString('hex')}`);
  makeFolder(systemFolder);
  makeFolder(outside);
  if (!hasAccess(user, '-x', outside)) {
    throw unusableData(dataDir, `${user.name} can reach neither that folder nor ${outside}`);
  }
  writeFileSync(pointer, `${outside}\n`, { mode: 0o644 });
  return layoutIn(outside, user, true);
}

function readPointer(pointer: string): string | undefined {
  return existsSync(pointer) ? readFileSync(pointer, 'utf8').trim() : undefined;
}

function layoutIn(folder: string, osUser: OsUser, isExternal: boolean): DataLayout {
  return {
    folder,
    data: join(folder, 'data'),
    passwordFile: join(folder, 'password'),
    clients: join(folder, 'users'),
    lockFile: join(folder, 'lock'),
    logFile: join(folder, 'postgresql.log'),
    copies: systemFolder,
    osUser,
    isExternal,
  };
}

// Others may pass through, because PostgreSQL's OS user must, but not list. The secrets inside are also 0600.
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
