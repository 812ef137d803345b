import { ConfigurationError } from '@central-index/platform/config';
import { isConnectionError } from '@central-index/platform/database';
import { DomainError } from '@central-index/platform/errors';

/** Writes what went wrong as one line to standard error, without a stack trace, and answers the exit code. */
export function reportFailure(error: unknown): number {
  process.stderr.write(`central-index: ${asOneLine(describeFailure(error))}`);
  return 1;
}

/** What went wrong, in words meant for the operator. */
export function describeFailure(error: unknown): string {
  if (error instanceof DomainError || error instanceof ConfigurationError) return error.message;
  const message = error instanceof Error ? error.message : String(error);
  // Node gathers the failures of a host with several addresses into one error without a message.
  const first =
    error instanceof AggregateError ? String((error.errors[0] as Error | undefined)?.message) : message;
  return isConnectionError(error)
    ? `the database cannot be reached: ${first}`
    : first || 'failed for an unknown reason';
}

/** Everything on one line, ending with a line break. */
export function asOneLine(text: string): string {
  return `${text.trim().replace(/\s*\n\s*/g, ' ')}\n`;
}
