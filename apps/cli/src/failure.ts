import { ConfigurationError } from '@central-index/platform/config';
import { isConnectionError } from '@central-index/platform/database';
import { DomainError } from '@central-index/platform/errors';

/** Writes an error to standard error, as one line without a stack trace. Returns the exit code. */
export function reportFailure(error: unknown): number {
  process.stderr.write(`central-index: ${asOneLine(describeFailure(error))}`);
  return 1;
}

/** The text of an error for the operator. */
export function describeFailure(error: unknown): string {
  if (error instanceof DomainError || error instanceof ConfigurationError) return error.message;
  const message = error instanceof Error ? error.message : String(error);
  // For a host with several addresses, Node throws one AggregateError without a message.
  const first =
    error instanceof AggregateError ? String((error.errors[0] as Error | undefined)?.message) : message;
  return isConnectionError(error)
    ? `the database cannot be reached: ${first}`
    : first || 'failed for an unknown reason';
}

/** The text on one line, with a line break at its end. */
export function asOneLine(text: string): string {
  return `${text.trim().replace(/\s*\n\s*/g, ' ')}\n`;
}
