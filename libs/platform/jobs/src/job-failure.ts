import { describeError, summarizeError } from '@central-index/platform/logging';

/**
 * The failure of a job as the queue may store it: `message` becomes the column `last_error`, so it names the kind of
 * failure and contains no value. What was thrown is the cause.
 */
export class JobFailure extends Error {
  constructor(override readonly cause: unknown) {
    super(summarizeError(cause));
    this.name = 'JobFailure';
    this.stack = describeError(cause).stack ?? '';
  }
}

/** Runs the work of a job; throws a JobFailure for everything that it throws. */
export async function runGuarded(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    throw new JobFailure(error);
  }
}
