import { randomBytes } from 'node:crypto';
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive, ownIdentity, pidOf } from './process-identity';
import { lockBusy } from './process.errors';

/** A lock that this process holds. */
export interface HeldLock {
  release(): void;
}

/** The result of `tryLock`: the lock, or the pid of the process that holds it. */
export type LockAttempt = { lock: HeldLock; holder?: undefined } | { lock?: undefined; holder: number };

/**
 * Acquires an exclusive lock among the processes of this machine: a file that contains the identity of its holder. It is
 * written to a temporary path and then linked, so that it is never incomplete. A holder that died is replaced by the
 * process that acquires a second lock, named after that holder, and then finds the file unchanged: two processes never
 * hold the lock at the same time.
 */
export function tryLock(path: string): LockAttempt {
  for (;;) {
    if (linkFile(path)) return { lock: { release: () => release(path) } };
    const holder = readHolder(path);
    if (holder === undefined) continue;
    if (isAlive(holder)) return { holder: pidOf(holder) };

    const takeover = tryLock(`${path}.after-${holder.replace(/\W/g, '_')}`);
    if (!takeover.lock) return { holder: takeover.holder };
    try {
      if (readHolder(path) === holder) {
        replaceFile(path);
        return { lock: { release: () => release(path) } };
      }
    } finally {
      takeover.lock.release();
    }
  }
}

/** Like `tryLock`, but waits for the holder for up to `milliseconds`. Throws DATA_DIR_BUSY. */
export async function waitForLock(path: string, milliseconds: number): Promise<HeldLock> {
  const deadline = Date.now() + milliseconds;
  for (;;) {
    const attempt = tryLock(path);
    if (attempt.lock) return attempt.lock;
    if (Date.now() >= deadline) throw lockBusy(path, String(attempt.holder));
    await sleep(25);
  }
}

function release(path: string): void {
  if (readHolder(path) === ownIdentity) rmSync(path, { force: true });
}

function readHolder(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function writeTemp(path: string): string {
  const tempPath = `${path}.${ownIdentity}.${randomBytes(4).toString('hex')}`;
  writeFileSync(tempPath, ownIdentity, { mode: 0o644, flag: 'wx' });
  return tempPath;
}

function linkFile(path: string): boolean {
  const tempPath = writeTemp(path);
  try {
    linkSync(tempPath, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(tempPath, { force: true });
  }
}

function replaceFile(path: string): void {
  renameSync(writeTemp(path), path);
}
