import { describe, expect, it, jest } from '@jest/globals';
import { titleWithReason } from '../jest/skip-reason';

type Test = () => void | Promise<void>;

/** Why a test is skipped; false, undefined or an empty string when it runs. */
export type SkipReason = string | false | undefined;

const allButDate = [
  'clearImmediate',
  'clearInterval',
  'clearTimeout',
  'hrtime',
  'nextTick',
  'performance',
  'queueMicrotask',
  'setImmediate',
  'setInterval',
  'setTimeout',
] as const;

/** `it`, or a skipped test whose reason the run's output states. */
export function itUnless(reason: SkipReason, name: string, test: Test, timeout?: number): void {
  if (reason) it.skip(titleWithReason(name, reason), test);
  else it(name, test, timeout);
}

/** `describe`, or, when there is a reason to skip, one skipped test: `suite` is not called then. */
export function describeUnless(reason: SkipReason, name: string, suite: () => void): void {
  if (reason) it.skip(titleWithReason(name, reason), () => undefined);
  else describe(name, suite);
}

/** Prints a line about the running test, such as a measurement. */
export function diagnostic(text: string): void {
  process.stdout.write(`# ${expect.getState().currentTestName ?? ''}: ${text}\n`);
}

/** Freezes `Date` at `now` (milliseconds since the epoch); timers keep running. Needs `afterEach(restoreDate)`. */
export function setDate(now: number): void {
  jest.useFakeTimers({ now, doNotFake: [...allButDate] });
}

/** Restores the real `Date`. */
export function restoreDate(): void {
  jest.useRealTimers();
}
