import { unavailabilityLogOf, unavailabilityOf } from '@central-index/platform/database';
import type { Logger } from '@central-index/platform/logging';
import { Logger as WorkerLogger } from 'graphile-worker';
import { JobFailure } from './job-failure';

interface LoggedJob {
  readonly id: string;
  readonly task_identifier: string;
  readonly attempts: number;
  readonly max_attempts: number;
}

interface Meta {
  readonly error?: unknown;
  readonly fatalError?: unknown;
  readonly job?: LoggedJob;
}

/**
 * Writes what graphile-worker logs to the structured log. Its texts contain messages and stacks of errors, so only
 * their beginning is kept, and the error becomes a field. While the database is away, everything fails for that one
 * reason, which is logged once per minute.
 */
export function createWorkerLogger(logger: Logger): WorkerLogger {
  const unavailability = unavailabilityLogOf(logger);
  return new WorkerLogger(() => (level, text, meta = {}) => {
    const name: string = level;
    if (name !== 'error' && name !== 'warning') return logger.trace(text);
    const { error: thrown, fatalError, job } = meta as Meta;
    const reported = fatalError ?? thrown;
    const error = reported instanceof JobFailure ? reported.cause : reported;
    const fields = job === undefined ? {} : jobFields(job);
    if (error !== undefined && unavailabilityOf(error) !== undefined) {
      return unavailability.report(error, { source: 'job queue', ...fields });
    }
    if (error === undefined && unavailability.isAway) return logger.debug(beginningOf(text));
    const line = { ...fields, ...(error !== undefined && { err: error }) };
    if (name === 'warning') logger.warn(line, beginningOf(text));
    else logger.error(line, reported instanceof JobFailure ? 'job failed' : beginningOf(text));
  });
}

function jobFields({ id, task_identifier, attempts, max_attempts }: LoggedJob): Record<string, unknown> {
  return { job: id, task: task_identifier, attempt: attempts, maxAttempts: max_attempts };
}

// Errors follow a colon, a quote or a line break.
const beginningOf = (text: string): string => text.split(/[:'"\n]/, 1)[0]!.slice(0, 200);
