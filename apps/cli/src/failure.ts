import { ConfigurationError } from '@central-index/platform/config';
import { unavailabilityOf, type Unavailability } from '@central-index/platform/database';
import { DomainError } from '@central-index/platform/errors';
import { summarizeError } from '@central-index/platform/logging';

/** Writes an error to standard error, as one line without a stack trace. Returns the exit code. */
export function reportFailure(error: unknown): number {
  process.stderr.write(`central-index: ${asOneLine(describeFailure(error))}`);
  return 1;
}

/** The text of an error for the operator. Like the log, it contains no value of a database error. */
export function describeFailure(error: unknown): string {
  if (error instanceof DomainError || error instanceof ConfigurationError) return error.message;
  const text = summarizeError(error);
  const unavailability = unavailabilityOf(error);
  return unavailability === undefined ? text : `the database ${describe(unavailability)}: ${text}`;
}

const describe = ({ cause, isAway }: Unavailability): string => (isAway ? cause : `is unavailable, ${cause}`);

/** The text on one line, with a line break at its end. */
export function asOneLine(text: string): string {
  return `${text.trim().replace(/\s*\n\s*/g, ' ')}\n`;
}
