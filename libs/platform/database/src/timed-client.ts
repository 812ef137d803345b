import { Client, type ClientConfig } from 'pg';

type AnyQuery = (...parts: unknown[]) => unknown;

/**
 * A connection that is closed when a statement exceeds its `query_timeout`. The timeout of `pg` rejects the promise and
 * leaves the statement running: when a frozen server continues, the connection would be in the middle of a transaction
 * that its next user commits.
 */
export class TimedClient extends Client {
  constructor(config?: string | ClientConfig) {
    super(config);
    const send = this.query.bind(this) as AnyQuery;
    const query: AnyQuery = (...parts) => {
      const result = send(...parts);
      // With a callback there is no promise: then the pool closes the connection after any error.
      if (result instanceof Promise) result.catch((error: unknown) => this.closeAfter(error));
      return result;
    };
    this.query = query as Client['query'];
  }

  private closeAfter(error: unknown): void {
    if (!isReadTimeout(error)) return;
    (this as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
  }
}

/** True for the error of a statement that exceeded `query_timeout`. */
export function isReadTimeout(error: unknown): boolean {
  return error instanceof Error && error.message.includes('Query read timeout');
}
