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
 * True when the database refused a statement because of that constraint (unique, check, foreign key, or a trigger
 * that names one), so that a room can answer with its own error.
 */
export function isConstraintViolation(error: unknown, constraint: string): boolean {
  const { code, constraint: broken } = driverError(error);
  return typeof code === 'string' && code.startsWith('23') && broken === constraint;
}

// Connection failures, shutdowns, too many connections, time-outs: the database's trouble, never the caller's.
const unreachable = /^(08|53|57P0|55P03|57014|ECONN|EPIPE|ETIMEDOUT|ENOTFOUND)/;

/** True when an error only says that the database could not be asked: the answer is then 503, never "wrong". */
export function isConnectionError(error: unknown): boolean {
  // How a transaction learns that its connection is gone.
  if (error instanceof QueryRunnerAlreadyReleasedError) return true;
  if (error instanceof QueryRunnerProviderAlreadyReleasedError) return true;
  const { code } = driverError(error);
  if (typeof code === 'string' && unreachable.test(code)) return true;
  const message = error instanceof Error ? error.message : '';
  return /Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error/.test(
    message,
  );
}
