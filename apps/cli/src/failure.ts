import { ConfigurationError } from '@central-index/platform/config';
import { unavailabilityOf, type Unavailability } from '@central-index/platform/database';
import { DomainError } from '@central-index/platform/errors';
import { summarizeError } from '@central-index/platform/logging';
import { CommanderError } from 'commander';

/** Exit codes of commands besides 0. */
export const exitCodes = {
  /** The command failed, or a check found something. */
  failed: 1,
  /** The command line is wrong: nothing was done. */
  usage: 2,
  /** An import skipped invalid rows. */
  invalidRows: 3,
} as const;

/** The command line is wrong. `command` is the command it was meant for, such as `central-index search query`. */
export class UsageError extends Error {
  constructor(
    readonly command: string,
    cause: CommanderError,
  ) {
    super(
      `${cause.message.replace(/^error: /, '').replace(/\.$/, '')}; \`${command} --help\` shows what it takes`,
    );
  }
}

/**
 * Writes an error to standard error, as one line without a stack trace: the sentence, or with `json` the object that the
 * REST API answers with, `{errors: [{code, message, detail}]}`. Returns the exit code. Help and version, which Commander
 * throws as well, are no failures.
 */
export function reportFailure(error: unknown, options: { readonly json: boolean }): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : exitCodes.usage;
  const message = asOneLine(describeFailure(error));
  process.stderr.write(
    options.json
      ? `${JSON.stringify({ errors: [{ code: codeOf(error), message: message.trim(), detail: detailOf(error) }] })}\n`
      : `central-index: ${message}`,
  );
  return error instanceof UsageError ? exitCodes.usage : exitCodes.failed;
}

/** The text of an error for the operator. Like the log, it contains no value of a database error. */
export function describeFailure(error: unknown): string {
  if (error instanceof DomainError || error instanceof ConfigurationError || error instanceof UsageError) {
    return error.message;
  }
  const text = summarizeError(error);
  const unavailability = unavailabilityOf(error);
  return unavailability === undefined ? text : `the database ${describe(unavailability)}: ${text}`;
}

const describe = ({ cause, isAway }: Unavailability): string => (isAway ? cause : `is unavailable, ${cause}`);

/** The text on one line, with a line break at its end. */
export function asOneLine(text: string): string {
  return `${text.trim().replace(/\s*\n\s*/g, ' ')}\n`;
}

function codeOf(error: unknown): string {
  if (error instanceof DomainError) return error.code;
  if (error instanceof UsageError) return 'USAGE';
  if (error instanceof ConfigurationError) return 'CONFIGURATION_INVALID';
  return unavailabilityOf(error) === undefined ? 'INTERNAL_ERROR' : 'UNAVAILABLE';
}

function detailOf(error: unknown): unknown {
  return error instanceof DomainError ? (error.publicDetail ?? null) : null;
}
