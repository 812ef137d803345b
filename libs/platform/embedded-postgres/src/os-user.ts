import { spawnSync } from 'node:child_process';
import { chownSync, statSync } from 'node:fs';
import { unusableData } from './embedded-postgres.errors';

/** The account that the embedded PostgreSQL runs as; undefined ids mean the account of this process. */
export interface OsUser {
  readonly name: string;
  readonly uid?: number;
  readonly gid?: number;
}

const self: OsUser = { name: 'the account of this process' };

/**
 * PostgreSQL refuses to run as root. For root it is the owner of the data when there is some, else `postgres`, else
 * `nobody`; for everybody else the account itself.
 */
export function chooseOsUser(existingData: string | undefined): OsUser {
  if (process.getuid?.() !== 0) return self;
  if (existingData !== undefined) {
    const { uid, gid } = statSync(existingData);
    if (uid !== 0) return { name: nameOf(uid), uid, gid };
  }
  const found = lookUp('postgres') ?? lookUp('nobody');
  if (!found) {
    throw unusableData(
      existingData ?? 'DATA_DIR',
      'PostgreSQL does not run as root, and there is no account postgres or nobody',
    );
  }
  return found;
}

/** True when the account can reach the path and use it as `test` says: -x to walk or run, -w to write. */
export function hasAccess(account: OsUser, check: '-x' | '-r' | '-w', path: string): boolean {
  const { status } = spawnSync('test', [check, path], { ...identityOptions(account), cwd: '/' });
  return status === 0;
}

/** Gives a file or folder to the account. */
export function chown(account: OsUser, path: string): void {
  if (account.uid !== undefined && account.gid !== undefined) chownSync(path, account.uid, account.gid);
}

/** The part of spawn's options that makes a child run as the account. */
export function identityOptions(account: OsUser): { uid?: number; gid?: number } {
  return account.uid === undefined ? {} : { uid: account.uid, gid: account.gid };
}

function lookUp(name: string): OsUser | undefined {
  const [uid, gid] = ['-u', '-g'].map((flag) => {
    const { status, stdout } = spawnSync('id', [flag, name], { encoding: 'utf8' });
    return status === 0 ? Number(stdout) : undefined;
  });
  return uid === undefined || gid === undefined ? undefined : { name, uid, gid };
}

function nameOf(uid: number): string {
  const { status, stdout } = spawnSync('id', ['-un', String(uid)], { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : `uid ${uid}`;
}
