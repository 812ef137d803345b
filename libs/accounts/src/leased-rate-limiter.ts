import type { RateLimitState } from '@central-index/platform/errors';
import { LRUCache } from 'lru-cache';
import type { RateLimiterPostgres } from 'rate-limiter-flexible';
import { consumeMany } from './creation-rate-limits';

/** The state of a limit for one key, after a request was counted or refused. */
export interface Allowance extends RateLimitState {
  /** False when the request is beyond the limit. */
  readonly allowed: boolean;
}

interface Window {
  /** By the monotonic clock of this process, in milliseconds. */
  endsAt: number;
  /** Points that all processes have leased, as last read. */
  consumed: number;
  /** Points that this process has leased and not used yet. */
  available: number;
  refilling: Promise<void> | undefined;
}

const capacity = 50_000;

/**
 * A limit that all processes share without a query per request: a process leases a batch of points from the database and
 * lets as many requests pass. Leased points are never returned, so the limit is never exceeded; fewer requests pass only
 * by the points that a process leased and did not use. Near the limit, batches are small.
 */
export class LeasedRateLimiter {
  private readonly windows = new LRUCache<string, Window>({ max: capacity });

  constructor(
    private readonly limiter: RateLimiterPostgres,
    private readonly options: {
      /** Its name in headers. */
      readonly name: string;
      readonly points: number;
      readonly duration: number;
      /** Number of processes that share the limit. */
      readonly processes: number;
    },
  ) {}

  /** Counts a request if that takes no query and is within the limit. Otherwise counts nothing, returns undefined. */
  tryConsumeLocal(key: string): Allowance | undefined {
    const window = this.windowOf(key);
    if (window.available === 0) return undefined;
    window.available -= 1;
    return this.allowance(window, true);
  }

  /** Counts a request. */
  async consume(key: string): Promise<Allowance> {
    for (;;) {
      const window = this.windowOf(key);
      const allowance = this.tryConsumeLocal(key);
      if (allowance !== undefined) return allowance;
      if (window.consumed >= this.options.points) return this.allowance(window, false);
      window.refilling ??= this.refill(key, window);
      await window.refilling;
    }
  }

  private async refill(key: string, window: Window): Promise<void> {
    const { points, processes } = this.options;
    // All processes together lease a twentieth of the limit, and at most a quarter of what is left.
    const share = Math.min(points / 20, (points - window.consumed) / 4) / processes;
    const batch = Math.max(1, Math.floor(share));
    try {
      const { consumed, msToEnd } = await consumeMany(this.limiter, key, batch);
      window.available = Math.max(0, batch - Math.max(0, consumed - points));
      window.consumed = consumed;
      window.endsAt = performance.now() + msToEnd;
    } finally {
      window.refilling = undefined;
    }
  }

  private windowOf(key: string): Window {
    const now = performance.now();
    const current = this.windows.get(key);
    if (current !== undefined && (current.endsAt > now || current.refilling !== undefined)) return current;
    const window = {
      endsAt: now + this.options.duration * 1000,
      consumed: 0,
      available: 0,
      refilling: undefined,
    };
    this.windows.set(key, window);
    return window;
  }

  private allowance({ endsAt, consumed, available }: Window, allowed: boolean): Allowance {
    const { name, points, duration } = this.options;
    return {
      allowed,
      name,
      quota: points,
      remaining: allowed ? Math.max(0, points - consumed) + available : 0,
      windowSeconds: duration,
      resetSeconds: Math.max(1, Math.ceil((endsAt - performance.now()) / 1000)),
    };
  }
}
