import { randomBytes } from 'node:crypto';
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive, ownIdentity, pidOf } from './process-identity';
import { lockBusy } from './process.errors';

/** A lock that this process holds. */
export interface HeldLock {
  release(): void;
}

/** What `tryLock` found: the lock, or the pid of the process that holds it. */
export type LockAttempt = { lock: HeldLock; holder?: undefined } | { lock?: undefined; holder: number };

/**
 * Takes an exclusive lock among the processes of this machine: a file that names its holder. It appears whole
 * (written apart, then linked), and a holder that died is replaced: whoever wins the takeover lock of exactly that
 * dead process may do so, after looking once more, so two processes never both believe they hold it.
 */
export function tryLock(path: string): LockAttempt {
  for (;;) {
    if (placeFile(path)) return { lock: { release: () => release(path) } };
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

/** Like `tryLock`, but waits for the holder, `milliseconds` at most. */
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
  const apart = `${path}.${ownIdentity}.${randomBytes(4).toString('hex')}`;
  writeFileSync(apart, ownIdentity, { mode: 0o644, flag: 'wx' });
  return apart;
}

function placeFile(path: string): boolean {
  const apart = writeTemp(path);
  try {
    linkSync(apart, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(apart, { force: true });
  }
}

function replaceFile(path: string): void {
  renameSync(writeTemp(path), path);
}
