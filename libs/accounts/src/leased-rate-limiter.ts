import type { RateLimiterPostgres } from 'rate-limiter-flexible';
import { consumeMany } from './creation-rate-limits';

/** How far a limit is used up for one key. */
export interface Allowance {
  /** False when this one is beyond the limit. */
  readonly allowed: boolean;
  readonly limit: number;
  readonly remaining: number;
  /** Length of the window, and the time until the present one ends. */
  readonly windowSeconds: number;
  readonly resetSeconds: number;
}

interface Window {
  /** Of this process's monotonic clock. */
  endsAt: number;
  /** What all processes have taken, as last seen. */
  consumed: number;
  /** What this process has taken and not let pass yet. */
  available: number;
  refilling: Promise<void> | undefined;
}

const capacity = 50_000;

/**
 * A limit that all processes share without a query for each count: a process takes a batch from the database and lets
 * so many pass. What was taken may be given back by nobody, so never more pass than the limit says, and fewer only by
 * what a process took and had no use for. Near the limit batches are small.
 */
export class LeasedRateLimiter {
  private readonly windows = new Map<string, Window>();

  constructor(
    private readonly limiter: RateLimiterPostgres,
    private readonly options: {
      readonly points: number;
      readonly duration: number;
      /** Processes that share the limit on this machine. */
      readonly processes: number;
    },
  ) {}

  /** Counts one if that takes no query and is within the limit; counts nothing otherwise. */
  countAtOnce(key: string): Allowance | undefined {
    const window = this.windowOf(key);
    if (window.available === 0) return undefined;
    window.available -= 1;
    return this.allowance(window, true);
  }

  /** Counts one. */
  async count(key: string): Promise<Allowance> {
    for (;;) {
      const window = this.windowOf(key);
      const counted = this.countAtOnce(key);
      if (counted !== undefined) return counted;
      if (window.consumed >= this.options.points) return this.allowance(window, false);
      window.refilling ??= this.refill(key, window);
      await window.refilling;
    }
  }

  private async refill(key: string, window: Window): Promise<void> {
    const { points, processes } = this.options;
    // A twentieth for all processes together, and of what is left a quarter.
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
    const known = this.windows.get(key);
    if (known !== undefined && (known.endsAt > now || known.refilling !== undefined)) return known;
    this.windows.delete(key);
    const oldest = this.windows.keys().next();
    if (this.windows.size >= capacity && !oldest.done) this.windows.delete(oldest.value);
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
    const { points, duration } = this.options;
    return {
      allowed,
      limit: points,
      remaining: allowed ? Math.max(0, points - consumed) + available : 0,
      windowSeconds: duration,
      resetSeconds: Math.max(1, Math.ceil((endsAt - performance.now()) / 1000)),
    };
  }
}
