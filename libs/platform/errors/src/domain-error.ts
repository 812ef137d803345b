/** What the catalogue knows of one kind of error: documentation and tests read it, clients see code and status. */
export interface ErrorDescriptor {
  readonly code: string;
  readonly status: number;
  readonly description: string;
}

/** One field of a request that was refused, and why. */
export interface FieldError {
  readonly field: string;
  readonly message: string;
}

/**
 * An error with a code (upper snake case, as the OCI distribution specification writes them), an HTTP status and a
 * message meant for the caller. `because` adds what only the log may hold.
 */
export class DomainError extends Error {
  /** Seconds after which a retry makes sense; rendered as Retry-After. */
  retryAfterSeconds?: number;
  /** Public detail, rendered as `detail` of the envelope. */
  publicDetail?: unknown;
  /** Detail for the log only. */
  privateDetail?: unknown;

  constructor(
    readonly code: string,
    readonly status: number,
    message: string,
  ) {
    super(message);
    this.name = 'DomainError';
  }

  /** Adds what the log should say beside the public message. */
  withPrivateDetail(detail: unknown): this {
    this.privateDetail = detail;
    return this;
  }

  /** Adds what the caller may read beside the message, such as the refused fields. */
  withDetail(detail: unknown): this {
    this.publicDetail = detail;
    return this;
  }

  /** Tells the caller how many seconds to wait. */
  retryAfter(seconds: number): this {
    this.retryAfterSeconds = Math.max(1, Math.ceil(seconds));
    return this;
  }
}

const catalogue = new Map<string, ErrorDescriptor>();

/**
 * Enters an error into the catalogue and returns its constructor. A code may be defined once; `message` is for the
 * caller, `description` for the documentation.
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
