import { QueryRunnerAlreadyReleasedError, QueryRunnerProviderAlreadyReleasedError } from 'typeorm';

/** Why the database could not do its part. */
export interface Unavailability {
  /** In words, for the log: `disk full`. The same condition always has the same words. */
  readonly cause: string;
  /** True when the whole database is away, so that every part of the process fails for this one reason. */
  readonly isAway: boolean;
}

const away = (cause: string): Unavailability => ({ cause, isAway: true });
const present = (cause: string): Unavailability => ({ cause, isAway: false });

// By SQLSTATE or errno code; the first pattern that matches holds.
const byCode: readonly (readonly [RegExp, Unavailability])[] = [
  [/^(?:08|57P0)|^(?:ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOST|ENET)/, away('cannot be reached')],
  [/^(?:28|3D)/, away('refuses the login')],
  [/^53100$/, present('disk full')],
  [/^53200$/, present('out of memory')],
  [/^53300$/, present('too many connections')],
  [/^53/, present('out of resources')],
  [/^57014$/, present('statement time-out')],
  [/^55P03$/, present('lock time-out')],
  [/^25P0[34]$/, present('transaction time-out')],
  [/^40/, present('transactions in conflict')],
  [/^25006$/, present('read-only')],
  [/^58/, present('system error')],
];

// What pg reports without a code.
const byMessage: readonly (readonly [RegExp, Unavailability])[] = [
  [
    /Connection terminated|Client has encountered a connection error|Client was closed/,
    away('cannot be reached'),
  ],
  [
    /timeout exceeded when trying to connect|timeout expired|Query read timeout/,
    away('does not answer in time'),
  ],
];

/**
 * Why an error says only that the database was unavailable, so that callers get 503 and never a verdict; undefined for
 * every other error.
 */
export function unavailabilityOf(error: unknown): Unavailability | undefined {
  // What TypeORM throws inside a transaction whose connection was lost.
  if (error instanceof QueryRunnerAlreadyReleasedError) return away('cannot be reached');
  if (error instanceof QueryRunnerProviderAlreadyReleasedError) return away('cannot be reached');
  const { code, message } = driverErrorOf(error);
  const found = typeof code === 'string' ? byCode.find(([pattern]) => pattern.test(code)) : undefined;
  return (found ??
    byMessage.find(([pattern]) => pattern.test(typeof message === 'string' ? message : '')))?.[1];
}

/** True when an error says only that the database was unavailable. */
export function isConnectionError(error: unknown): boolean {
  return unavailabilityOf(error) !== undefined;
}

interface PostgresError {
  readonly code?: unknown;
  readonly constraint?: unknown;
  readonly message?: unknown;
}

/** The error of pg in one of TypeORM; the error itself when there is none. */
export function driverErrorOf(error: unknown): PostgresError {
  const wrapped = (error as { driverError?: PostgresError } | undefined)?.driverError;
  return wrapped ?? (error as PostgresError | undefined) ?? {};
}
