import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chown, identityOptions } from './os-user';
import { explainDenied, otherMajorVersion, startFailed, unusableData } from './embedded-postgres.errors';
import type { DataLayout } from './data-layout';
import { ownIdentity } from '@central-index/platform/process';

/** The superuser of the embedded server, and the name of the database in it. */
export const databaseName = 'central_index';

/** Environment of PostgreSQL's programs: without our variables, above all without SECRET_KEY. */
export const programEnvironment = { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };

/**
 * Creates the data directory unless it exists. It is created at a temporary path and renamed when complete, so that an
 * interrupted start leaves nothing that could be mistaken for a database. The password is stored before the rename.
 * Throws DATABASE_START_FAILED.
 */
export function createData(layout: DataLayout, binDir: string, majorVersion: number): void {
  if (existsSync(layout.data)) return;
  const tempPath = `${layout.data}.${ownIdentity}`;
  const passwordForInitdb = join(layout.folder, `password.${ownIdentity}`);
  const password = randomBytes(24).toString('base64url');
  try {
    mkdirSync(tempPath, { mode: 0o700 });
    chown(layout.osUser, tempPath);
    writeFileSync(passwordForInitdb, password, { mode: 0o600 });
    chown(layout.osUser, passwordForInitdb);
    const { status, stderr } = spawnSync(
      join(binDir, 'initdb'),
      ['--pgdata', tempPath, '--pwfile', passwordForInitdb, ...initdbOptions(majorVersion)],
      { ...identityOptions(layout.osUser), cwd: tempPath, env: programEnvironment, encoding: 'utf8' },
    );
    if (status !== 0) throw startFailed(layout.logFile, lastLine(stderr) || 'initdb failed');
    writeFileSync(layout.passwordFile, password, { mode: 0o600 });
    renameSync(tempPath, layout.data);
  } finally {
    rmSync(tempPath, { recursive: true, force: true });
    rmSync(passwordForInitdb, { force: true });
  }
}

function initdbOptions(majorVersion: number): string[] {
  return [
    `--username=${databaseName}`,
    '--auth-host=scram-sha-256',
    '--auth-local=reject',
    '--encoding=UTF8',
    // Names sort by code point on every machine, as keyset cursors and tests expect.
    ...(majorVersion >= 17
      ? ['--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C']
      : [process.platform === 'linux' ? '--locale=C.UTF-8' : '--locale=C']),
    '--no-instructions',
  ];
}

/** Throws OTHER_POSTGRESQL_VERSION for data of another major version; PostgreSQL's own message is less helpful. */
export function checkMajorVersion(layout: DataLayout, dataDir: string, majorVersion: number): void {
  const version = readText(layout, dataDir, join(layout.data, 'PG_VERSION'));
  if (version !== String(majorVersion)) throw otherMajorVersion(dataDir, version, String(majorVersion));
}

/** Reads the superuser's password. Throws DATA_DIR_UNUSABLE. */
export function readPassword(layout: DataLayout, dataDir: string): string {
  return readText(layout, dataDir, layout.passwordFile);
}

function readText(layout: DataLayout, dataDir: string, path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw code === 'ENOENT' ? unusableData(dataDir, `${path} is missing`) : explainDenied(dataDir, error);
  }
}

/** The last line that is not blank, for the message of an error. */
export function lastLine(text: string): string {
  return text.trim().split('\n').at(-1)?.trim() ?? '';
}
