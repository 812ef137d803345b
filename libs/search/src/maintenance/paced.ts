import { setTimeout as pause } from 'node:timers/promises';

/**
 * Runs one part of a long scan, then pauses for `idleFactor` times as long as the part took, so that other work gets the
 * rest of the time. A transaction must begin and end within the part: an open one would delay vacuum for the whole scan.
 */
export async function paced<T>(idleFactor: number, work: () => Promise<T>): Promise<T> {
  const startedAt = performance.now();
  const result = await work();
  if (idleFactor > 0) await pause(idleFactor * (performance.now() - startedAt));
  return result;
}
