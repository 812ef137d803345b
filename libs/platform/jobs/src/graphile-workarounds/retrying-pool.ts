import { isConnectionError } from '@central-index/platform/database';
import { setTimeout as pause } from 'node:timers/promises';
import type { Pool } from 'pg';

const retryMs = 500;

/**
 * The same pool, but whoever sends a query through it waits for a database that is away, until `isOver`. So does
 * graphile-worker's clock, which would leave the failure as a rejection that nobody handles. Such queries must bear to
 * be repeated.
 */
export function withRetry(pool: Pool, isOver: () => boolean): Pool {
  const send = pool.query.bind(pool) as (...args: unknown[]) => Promise<unknown>;
  const query = async (...args: unknown[]): Promise<unknown> => {
    for (;;) {
      try {
        return await send(...args);
      } catch (error) {
        if (isOver() || !isConnectionError(error)) throw error;
        await pause(retryMs);
      }
    }
  };
  return new Proxy(pool, {
    get(target, name) {
      if (name === 'query') return query;
      const value: unknown = Reflect.get(target, name);
      // What it does, it does as itself: its listeners and connections are the pool's own.
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}
