import { describe, expect, it, jest } from '@jest/globals';
import { titleWithReason } from '../jest/skip-reason';

type Test = () => void | Promise<void>;

/** Why not, or a value that is false: then nothing speaks against it. */
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

/** `it`, unless there is a reason to skip it, which the run's output states. */
export function itUnless(reason: SkipReason, name: string, test: Test, timeout?: number): void {
  if (reason) it.skip(titleWithReason(name, reason), test);
  else it(name, test, timeout);
}

/** `describe`, unless there is a reason to skip it: then it counts as one skipped test, and `suite` is not called. */
export function describeUnless(reason: SkipReason, name: string, suite: () => void): void {
  if (reason) it.skip(titleWithReason(name, reason), () => undefined);
  else describe(name, suite);
}

/** Prints a line about the running test, such as a figure. */
export function diagnostic(text: string): void {
  process.stdout.write(`# ${expect.getState().currentTestName ?? ''}: ${text}\n`);
}

/** Sets the date that the running test sees, and stops it there; timers go on. Needs `afterEach(restoreDate)`. */
export function setDate(now: number): void {
  jest.useFakeTimers({ now, doNotFake: [...allButDate] });
}

/** Gives the date back. */
export function restoreDate(): void {
  jest.useRealTimers();
}
