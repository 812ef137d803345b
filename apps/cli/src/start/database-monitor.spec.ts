import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it, jest } from '@jest/globals';
import type { EmbeddedDatabase } from '@central-index/platform/embedded-postgres';
import type { Logger } from '@central-index/platform/logging';
import { monitorDatabase } from './database-monitor';

describe('the monitor of the embedded PostgreSQL', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  /** A database that has ended, and whose restarts fail until `repair` is called. */
  function endedDatabase(): {
    database: EmbeddedDatabase;
    restarts: number[];
    repair: (url: string) => void;
  } {
    let url: string | undefined;
    let isRunning = false;
    const restarts: number[] = [];
    const database = {
      url: 'postgresql://first',
      isRunning: () => isRunning,
      restart: () => {
        restarts.push(Date.now());
        isRunning = url !== undefined;
        return url === undefined ? Promise.reject(new Error('no space left')) : Promise.resolve(url);
      },
    } as Partial<EmbeddedDatabase> as EmbeddedDatabase;
    return { database, restarts, repair: (to) => (url = to) };
  }

  it('retries every 30 s at most, logs an outage immediately and then one line per minute, and passes on the new URL', async () => {
    const lines: string[] = [];
    const write = (...parts: unknown[]): void => void lines.push(String(parts.at(-1)));
    const logger = { error: write, info: write } as Partial<Logger> as Logger;
    const urls: string[] = [];
    const { database, restarts, repair } = endedDatabase();
    const stop = monitorDatabase(database, logger, (url) => void urls.push(url));
    await jest.advanceTimersByTimeAsync(10 * 60_000);
    const pauses = restarts.slice(1).map((at, n) => at - restarts[n]!);
    assert.deepEqual(pauses.slice(0, 8), [250, 500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000]);
    assert.ok(pauses.slice(8).every((pause) => pause === 30_000));
    assert.ok(lines.length >= 6 && lines.length <= 11, `${lines.length} lines in ten minutes`);
    repair('postgresql://second');
    await jest.advanceTimersByTimeAsync(60_000);
    assert.deepEqual(urls, ['postgresql://second']);
    assert.match(lines.at(-1)!, /was restarted/);
    await stop();
  });
});
