import { setTimeout as pause } from 'node:timers/promises';

/**
 * Repeats a check until it passes, and returns its result. After `withinMs` milliseconds it throws the check's last
 * error. For what the product does in the background after a request; the deadline is part of the assertion.
 */
export async function eventually<T>(check: () => Promise<T>, withinMs = 5_000): Promise<T> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await pause(20);
    }
  }
}
