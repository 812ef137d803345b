import { setTimeout as pause } from 'node:timers/promises';

/**
 * Asks again and again until the answer is truthy, and returns it. After `milliseconds` it fails with
 * the last answer or error. For what becomes true by itself; the deadline is the requirement.
 */
export async function eventually<T>(
  milliseconds: number,
  ask: () => Promise<T>,
): Promise<Exclude<T, false | undefined | null>> {
  const deadline = performance.now() + milliseconds;
  let last: unknown;
  for (;;) {
    try {
      const answer = await ask();
      if (answer) return answer as Exclude<T, false | undefined | null>;
      last = answer;
    } catch (error) {
      last = error;
    }
    if (performance.now() > deadline) {
      throw new Error(`not so within ${milliseconds} ms; last: ${String(last)}`, { cause: last });
    }
    await pause(20);
  }
}
