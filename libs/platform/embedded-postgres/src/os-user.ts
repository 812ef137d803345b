import { spawnSync } from 'node:child_process';
import { chownSync, statSync } from 'node:fs';
import { unusableData } from './embedded-postgres.errors';

/** The OS user that the embedded PostgreSQL runs as. Without ids, it is the user of this process. */
export interface OsUser {
  readonly name: string;
  readonly uid?: number;
  readonly gid?: number;
}

const ownUser: OsUser = { name: 'the user of this process' };

/**
 * Chooses the OS user that PostgreSQL runs as: the user of this process or, because PostgreSQL refuses to run as root,
 * for root the owner of existing data, else `postgres`, else `nobody`. Throws DATA_DIR_UNUSABLE.
 */
export function chooseOsUser(existingData: string | undefined): OsUser {
  if (process.getuid?.() !== 0) return ownUser;
  if (existingData !== undefined) {
    const { uid, gid } = statSync(existingData);
    if (uid !== 0) return { name: nameOf(uid), uid, gid };
  }
  const user = lookUp('postgres') ?? lookUp('nobody');
  if (!user) {
    throw unusableData(
      existingData ?? 'DATA_DIR',
      'PostgreSQL does not run as root, and there is no OS user postgres or nobody',
    );
  }
  return user;
}

/** True when the OS user can reach the path and use it as the flag of `test` says: -x to enter or run, -w to write. */
export function hasAccess(user: OsUser, check: '-x' | '-r' | '-w', path: string): boolean {
  const { status } = spawnSync('test', [check, path], { ...identityOptions(user), cwd: '/' });
  return status === 0;
}

/** Changes the owner of a file or folder to the OS user. */
export function chown(user: OsUser, path: string): void {
  if (user.uid !== undefined && user.gid !== undefined) chownSync(path, user.uid, user.gid);
}

/** The options of `spawn` that make a child process run as the OS user. */
export function identityOptions(user: OsUser): { uid?: number; gid?: number } {
  return user.uid === undefined ? {} : { uid: user.uid, gid: user.gid };
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
