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

/** Environment of PostgreSQL's programs: nothing of ours, least of all SECRET_KEY, belongs there. */
export const programEnvironment = { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };

/**
 * Makes the data directory unless there is one. It is made under another name and renamed when whole: a start that
 * was interrupted leaves nothing that could be taken for a database. The password is in place before the data is.
 */
export function createData(location: DataLayout, binDir: string, majorVersion: number): void {
  if (existsSync(location.data)) return;
  const apart = `${location.data}.${ownIdentity}`;
  const passwordForInitdb = join(location.folder, `password.${ownIdentity}`);
  const password = randomBytes(24).toString('base64url');
  try {
    mkdirSync(apart, { mode: 0o700 });
    chown(location.osUser, apart);
    writeFileSync(passwordForInitdb, password, { mode: 0o600 });
    chown(location.osUser, passwordForInitdb);
    const { status, stderr } = spawnSync(
      join(binDir, 'initdb'),
      ['--pgdata', apart, '--pwfile', passwordForInitdb, ...initdbOptions(majorVersion)],
      { ...identityOptions(location.osUser), cwd: apart, env: programEnvironment, encoding: 'utf8' },
    );
    if (status !== 0) throw startFailed(location.logFile, lastLine(stderr) || 'initdb failed');
    writeFileSync(location.passwordFile, password, { mode: 0o600 });
    renameSync(apart, location.data);
  } finally {
    rmSync(apart, { recursive: true, force: true });
    rmSync(passwordForInitdb, { force: true });
  }
}

function initdbOptions(majorVersion: number): string[] {
  return [
    `--username=${databaseName}`,
    '--auth-host=scram-sha-256',
    '--auth-local=reject',
    '--encoding=UTF8',
    // Names sort by code point, as keyset cursors and tests expect, on every machine alike.
    ...(majorVersion >= 17
      ? ['--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C']
      : [process.platform === 'linux' ? '--locale=C.UTF-8' : '--locale=C']),
    '--no-instructions',
  ];
}

/** Refuses data of another major version before PostgreSQL does so at length. */
export function checkMajorVersion(location: DataLayout, dataDir: string, majorVersion: number): void {
  const version = readText(location, dataDir, join(location.data, 'PG_VERSION'));
  if (version !== String(majorVersion)) throw otherMajorVersion(dataDir, version, String(majorVersion));
}

/** The superuser's password. */
export function readPassword(location: DataLayout, dataDir: string): string {
  return readText(location, dataDir, location.passwordFile);
}

function readText(location: DataLayout, dataDir: string, path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw code === 'ENOENT' ? unusableData(dataDir, `${path} is missing`) : explainDenied(dataDir, error);
  }
}

/** The last line that says something, for the one sentence of an error. */
export function lastLine(text: string): string {
  return text.trim().split('\n').at(-1)?.trim() ?? '';
}
