import { isConnectionError } from '@central-index/platform/database';
import { setTimeout as pause } from 'node:timers/promises';
import type { Pool } from 'pg';

const retryMs = 500;

/**
 * Returns the same pool, except that its `query` is retried every 500 ms while the database is unavailable, until
 * `isStopping` returns true. Only for queries that may be repeated. Queries on clients that were acquired with
 * `connect` are not retried.
 *
 * Works around what graphile-worker's pull request 544 fixes: before release 0.17 its cron does not survive a database
 * outage. It sends its statements through `pool.query`, and a failure ends it with a rejection that nothing handles.
 * Can go with the upgrade to 0.17.
 */
export function withRetry(pool: Pool, isStopping: () => boolean): Pool {
  const send = pool.query.bind(pool) as (...args: unknown[]) => Promise<unknown>;
  const query = async (...args: unknown[]): Promise<unknown> => {
    for (;;) {
      try {
        return await send(...args);
      } catch (error) {
        if (isStopping() || !isConnectionError(error)) throw error;
        await pause(retryMs);
      }
    }
  };
  return new Proxy(pool, {
    get(target, name) {
      if (name === 'query') return query;
      const value: unknown = Reflect.get(target, name);
      // Bound to the pool itself, whose listeners and connections are not the proxy's.
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}
