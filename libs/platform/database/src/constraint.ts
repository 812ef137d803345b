import { QueryRunnerAlreadyReleasedError, QueryRunnerProviderAlreadyReleasedError } from 'typeorm';

interface PostgresError {
  code?: string;
  constraint?: string;
}

function driverError(error: unknown): PostgresError {
  const wrapped = (error as { driverError?: PostgresError } | undefined)?.driverError;
  return wrapped ?? (error as PostgresError) ?? {};
}

/**
 * True when the database rejected a statement because of that constraint (unique, check, foreign key, or a trigger
 * that names one), so that a library can throw its own error.
 */
export function isConstraintViolation(error: unknown, constraint: string): boolean {
  const { code, constraint: violated } = driverError(error);
  return typeof code === 'string' && code.startsWith('23') && violated === constraint;
}

// SQLSTATEs and errno codes of connection failures, shutdowns, too many connections and timeouts.
const connectionErrorCode = /^(08|53|57P0|55P03|57014|ECONN|EPIPE|ETIMEDOUT|ENOTFOUND)/;

/** True when an error says only that the database was unavailable: clients then get 503, never a verdict. */
export function isConnectionError(error: unknown): boolean {
  // What TypeORM throws inside a transaction whose connection was lost.
  if (error instanceof QueryRunnerAlreadyReleasedError) return true;
  if (error instanceof QueryRunnerProviderAlreadyReleasedError) return true;
  const { code } = driverError(error);
  if (typeof code === 'string' && connectionErrorCode.test(code)) return true;
  const message = error instanceof Error ? error.message : '';
  return /Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error/.test(
    message,
  );
}
