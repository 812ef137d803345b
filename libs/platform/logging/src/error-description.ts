import { types } from 'node:util';

/**
 * What the log and the database may hold of an error: its kind, not the data that it happened to. The fields are an
 * allow-list; a database error also carries the statement, its values and the row, which are left out.
 */
export interface ErrorDescription {
  /** The name of its class, such as `QueryFailedError`. */
  readonly type: string;
  /** Its message, with `…` in place of everything that may be a value. */
  readonly message: string;
  /** PostgreSQL's code of the condition, such as `23505`. */
  readonly sqlState?: string;
  /** A code of Node or of the error catalogue, such as `ECONNREFUSED`. */
  readonly code?: string;
  /** The constraint that the database enforced. */
  readonly constraint?: string;
  /** The stack frames, without the message that precedes them. */
  readonly stack?: string;
  readonly cause?: ErrorDescription;
  /** The first errors of an AggregateError, such as one for each address of a host. */
  readonly errors?: readonly ErrorDescription[];
}

interface ErrorLike {
  readonly name?: unknown;
  readonly message?: unknown;
  readonly stack?: unknown;
  readonly code?: unknown;
  readonly constraint?: unknown;
  readonly routine?: unknown;
  readonly driverError?: unknown;
  readonly cause?: unknown;
  readonly errors?: unknown;
}

const maxMessageLength = 300;
const maxDepth = 3;
const maxErrors = 3;
const sqlStatePattern = /^(?:[0-9][0-9A-Z]|F0|HV|P0|XX)[0-9A-Z]{3}$/;
const codePattern = /^[A-Z][A-Z0-9_]{1,60}$/;
const identifierPattern = /^[\w$.-]{1,63}$/;
const frame = /^ {4}at .*(?:\(.+:\d+:\d+\)|\(<anonymous>\)|\(native\)|[^ ]+:\d+:\d+)$/;
// Conditions whose messages name objects of the schema and no values: connections, constraints, transactions, missing
// objects and rights, resources, shutdowns and system errors.
const namesSchemaOnly = /^(?:08|23|25|28|3D|40|42501|42703|42883|42P01|53|55|57|58)/;
// Their messages are written in this product, for people who may see them.
const ownErrors = new Set(['DomainError', 'ConfigurationError']);

/** True for errors of any realm: tests run in one of their own. */
export function isError(value: unknown): value is Error {
  return types.isNativeError(value) || value instanceof Error;
}

/** The description of anything that was thrown. */
export function describeError(thrown: unknown, depth = 0): ErrorDescription {
  if (!isError(thrown)) return { type: typeof thrown, message: 'a value was thrown that is no error' };
  const error = thrown as ErrorLike;
  const driverError = (error.driverError ?? error) as ErrorLike;
  const type = typeName(error);
  const code = typeof driverError.code === 'string' ? driverError.code : '';
  const sqlState = sqlStatePattern.test(code) ? code : undefined;
  return {
    type,
    message: messageOf(
      typeof error.message === 'string' ? error.message : '',
      type,
      sqlState,
      driverError.routine,
    ),
    ...(sqlState !== undefined && { sqlState }),
    ...(sqlState === undefined && codePattern.test(code) && { code }),
    ...(typeof driverError.constraint === 'string' &&
      identifierPattern.test(driverError.constraint) && { constraint: driverError.constraint }),
    ...framesOf(error),
    ...(isError(error.cause) && depth < maxDepth && { cause: describeError(error.cause, depth + 1) }),
    ...(Array.isArray(error.errors) &&
      depth < maxDepth && {
        errors: error.errors.slice(0, maxErrors).map((one) => describeError(one, depth + 1)),
      }),
  };
}

/** The description on one line, for columns and reports that hold an error as text. */
export function summarizeError(thrown: unknown): string {
  const { type, message, sqlState, constraint, errors, code } = describeError(thrown);
  if (ownErrors.has(type)) return message;
  const text = message || errors?.[0]?.message || code || 'failed for an unknown reason';
  const subject = ['Error', 'AggregateError'].includes(type) ? text : `${type}: ${text}`;
  const facts = [sqlState && `SQLSTATE ${sqlState}`, constraint && `constraint ${constraint}`].filter(
    Boolean,
  );
  return facts.length === 0 ? subject : `${subject} (${facts.join(', ')})`;
}

/** The text with which a process ends: one sentence for what an operator can repair, else with the stack frames. */
export function fatalErrorText(thrown: unknown): string {
  const { type, stack } = describeError(thrown);
  const summary = summarizeError(thrown);
  return ownErrors.has(type) || stack === undefined ? summary : `${summary}\n${stack}`;
}

function typeName({ name, constructor }: ErrorLike): string {
  // The error class of pg is called `error`.
  const names = [name, (constructor as { name?: unknown }).name];
  const found = names.find((one) => typeof one === 'string' && /^[A-Z][\w$]{0,60}$/.test(one));
  return typeof found === 'string' ? found : 'Error';
}

function messageOf(text: string, type: string, sqlState: string | undefined, routine: unknown): string {
  const [line = ''] = text.split(/[\r\n\u2028\u2029]/, 1);
  return cut(withoutValues(line, type, sqlState, routine));
}

function withoutValues(line: string, type: string, sqlState: string | undefined, routine: unknown): string {
  if (ownErrors.has(type)) return line;
  if (sqlState === undefined) return withoutQuotes(line);
  // The text of RAISE in a trigger or a function may contain columns of the row.
  if (routine === 'exec_stmt_raise') return 'raised by a function of the database';
  if (namesSchemaOnly.test(sqlState)) return line;
  return withoutQuotes(line).replace(/: .*$/, '');
}

// URLs and addresses may hold credentials, and an object may hold anything.
function withoutQuotes(line: string): string {
  return withoutQuoted(line.replace(/[«»„“”]/g, '"'))
    .replace(/\{[^]*$/, '{…}')
    .replace(/\b([a-z][a-z0-9+.-]*):\/\/\S*/gi, '$1://…')
    .replace(/\S*@\S*/g, '…');
}

// From the first quote to the last: a value may contain quotes itself.
function withoutQuoted(line: string): string {
  const first = line.indexOf('"');
  const last = line.lastIndexOf('"');
  if (first < 0) return line;
  return first === last ? `${line.slice(0, first)}…` : `${line.slice(0, first)}"…"${line.slice(last + 1)}`;
}

function cut(line: string): string {
  const text = line.replace(/\p{Cc}/gu, ' ').trim();
  return text.length > maxMessageLength ? `${text.slice(0, maxMessageLength)}…` : text;
}

// The stack begins with the message as it was when the error was created.
function framesOf({ stack, message }: ErrorLike): { stack?: string } {
  if (typeof stack !== 'string') return {};
  const text = typeof message === 'string' ? message : '';
  const end = text === '' ? -1 : stack.indexOf(text);
  const rest = end < 0 ? stack : stack.slice(end + text.length);
  const frames = rest.split('\n').filter((line) => frame.test(line));
  return frames.length === 0 ? {} : { stack: frames.join('\n') };
}
