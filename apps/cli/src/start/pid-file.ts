import { identify, isAlive, signal, waitForEnd } from '@central-index/platform/process';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';

/** Records the child processes of a `start`, so that a later one can end those that outlive it. */
export function writePids(path: string, pids: readonly number[]): void {
  const identities = pids.map(identify).filter((identity) => identity !== undefined);
  writeFileSync(`${path}.new`, identities.map((identity) => `${identity}\n`).join(''));
  renameSync(`${path}.new`, path);
}

/**
 * Ends the recorded processes that a killed `start` left running, and returns their number. Most exit by themselves
 * when their supervisor disconnects. Processes are recorded with their start time, so a later process with the same pid
 * is not affected.
 */
export async function reapOrphans(path: string): Promise<number> {
  const orphans = readPids(path).filter(isAlive);
  await Promise.all(
    orphans.map(async (identity) => {
      if (await waitForEnd(identity, 1_000)) return;
      signal(identity, 'SIGTERM');
      if (await waitForEnd(identity, 2_000)) return;
      signal(identity, 'SIGKILL');
      await waitForEnd(identity, 2_000);
    }),
  );
  return orphans.length;
}

function readPids(path: string): string[] {
  try {
    return readFileSync(path, 'utf8').split('\n').filter(Boolean);
  } catch {
    return [];
  }
}
