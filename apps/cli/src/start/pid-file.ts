import { identify, isAlive, signal, waitForEnd } from '@central-index/platform/process';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';

/** Records the children of a start by their identities, so that a later start can end those that outlive it. */
export function writePids(path: string, pids: readonly number[]): void {
  const identities = pids.map(identify).filter((identity) => identity !== undefined);
  writeFileSync(`${path}.new`, identities.map((identity) => `${identity}\n`).join(''));
  renameSync(`${path}.new`, path);
}

/**
 * Ends the children that a killed start left behind; most have ended by themselves when their supervisor vanished.
 * An identity tells a process from a later one of the same pid, so nobody else's is touched. Answers how many.
 */
export async function reapOrphans(path: string): Promise<number> {
  const left = readPids(path).filter(isAlive);
  await Promise.all(
    left.map(async (identity) => {
      if (await waitForEnd(identity, 1_000)) return;
      signal(identity, 'SIGTERM');
      if (await waitForEnd(identity, 2_000)) return;
      signal(identity, 'SIGKILL');
      await waitForEnd(identity, 2_000);
    }),
  );
  return left.length;
}

function readPids(path: string): string[] {
  try {
    return readFileSync(path, 'utf8').split('\n').filter(Boolean);
  } catch {
    return [];
  }
}
