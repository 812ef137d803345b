import type { RateLimitState } from './rate-limit-state';

/** The entry of an error in the catalogue, for documentation and tests. Clients see code and status. */
export interface ErrorDescriptor {
  readonly code: string;
  readonly status: number;
  readonly description: string;
}

/** A field of a request that was rejected, and why. */
export interface FieldError {
  readonly field: string;
  readonly message: string;
}

/**
 * An error with a code (upper snake case, as the OCI distribution specification writes them), an HTTP status and a
 * message for the caller. `withPrivateDetail` adds what only the log may contain.
 */
export class DomainError extends Error {
  /** Seconds after which a retry is useful; sent as Retry-After. */
  retryAfterSeconds?: number;
  /** The limits that the request exceeded; sent as RateLimit. */
  rateLimits: readonly RateLimitState[] = [];
  /** Detail for the caller, sent as `detail` of the error envelope. */
  publicDetail?: unknown;
  /** Detail for the log, never sent. */
  privateDetail?: unknown;

  constructor(
    readonly code: string,
    readonly status: number,
    message: string,
  ) {
    super(message);
    this.name = 'DomainError';
  }

  /** Adds detail that is logged beside the public message. */
  withPrivateDetail(detail: unknown): this {
    this.privateDetail = detail;
    return this;
  }

  /** Adds detail that the caller receives beside the message, such as the rejected fields. */
  withDetail(detail: unknown): this {
    this.publicDetail = detail;
    return this;
  }

  /** Sets how many seconds the caller should wait, rounded up to at least 1. */
  retryAfter(seconds: number): this {
    this.retryAfterSeconds = Math.max(1, Math.ceil(seconds));
    return this;
  }

  /** Sets the limits that the request exceeded. The caller should wait until the last of them ends. */
  limitedBy(states: readonly RateLimitState[]): this {
    this.rateLimits = states;
    return this.retryAfter(Math.max(...states.map(({ resetSeconds }) => resetSeconds)));
  }
}

const catalogue = new Map<string, ErrorDescriptor>();

/**
 * Adds an error to the catalogue and returns a function that creates it. `message` is for the caller, `description` for
 * the documentation. Throws if the code is defined already.
 */
export function defineError<A extends unknown[]>(
  entry: ErrorDescriptor & { readonly message: (...args: A) => string },
): (...args: A) => DomainError {
  if (catalogue.has(entry.code)) {
    throw new Error(`error code ${entry.code} is defined twice`);
  }
  catalogue.set(entry.code, { code: entry.code, status: entry.status, description: entry.description });
  return (...args) => new DomainError(entry.code, entry.status, entry.message(...args));
}

/** All errors defined so far, by code. */
export function errorCatalogue(): readonly ErrorDescriptor[] {
  return [...catalogue.values()].sort((a, b) => a.code.localeCompare(b.code));
}
