import { setTimeout as pause } from 'node:timers/promises';

/**
 * Repeats a check until it holds, and fails with its last error once `within` milliseconds are over. For what the
 * product does by itself after a request; the deadline is part of the claim.
 */
export async function eventually<T>(check: () => Promise<T>, within = 5_000): Promise<T> {
  const deadline = Date.now() + within;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await pause(20);
    }
  }
}
