import type { RateLimiterPostgres } from 'rate-limiter-flexible';
import { consumeMany } from './limits';

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
  /** What all processes have written to the database, as last seen. */
  settled: number;
  /** What was let pass here and is not written yet. */
  unsettled: number;
  settling: Promise<void> | undefined;
}

const capacity = 50_000;

/**
 * A limit that all processes share without a query for each count: a process lets a few pass and then writes them in
 * one. Whoever asks rarely costs no query at all. What is let pass beyond the limit is at most two batches a process.
 */
export class BatchedCounter {
  private readonly windows = new Map<string, Window>();

  constructor(
    private readonly limiter: RateLimiterPostgres,
    private readonly options: { readonly points: number; readonly duration: number; readonly batch: number },
  ) {}

  /** Counts one if that takes no query and is within the limit; counts nothing otherwise. */
  countAtOnce(key: string): Allowance | undefined {
    const window = this.windowOf(key);
    const { points, batch } = this.options;
    if (window.unsettled + 1 >= batch || window.settled + window.unsettled >= points) return undefined;
    window.unsettled++;
    return this.allowance(window, true);
  }

  /** Counts one. */
  async count(key: string): Promise<Allowance> {
    for (;;) {
      const window = this.windowOf(key);
      if (window.settled + window.unsettled >= this.options.points) return this.allowance(window, false);
      if (window.unsettled + 1 < this.options.batch) {
        window.unsettled++;
        return this.allowance(window, true);
      }
      if (window.settling === undefined) {
        const refused = await this.settle(key, window);
        return this.allowance(window, !refused);
      }
      // Another request is writing: what it learns decides on this one too.
      await window.settling.catch(() => undefined);
    }
  }

  private async settle(key: string, window: Window): Promise<boolean> {
    const points = window.unsettled + 1;
    window.unsettled = 0;
    let refused = false;
    window.settling = consumeMany(this.limiter, key, points).then((answer) => {
      window.settled = answer.consumed;
      window.endsAt = performance.now() + answer.msToEnd;
      refused = answer.refused;
    });
    try {
      await window.settling;
    } finally {
      window.settling = undefined;
    }
    return refused;
  }

  private windowOf(key: string): Window {
    const now = performance.now();
    const known = this.windows.get(key);
    if (known !== undefined && (known.endsAt > now || known.settling !== undefined)) return known;
    this.windows.delete(key);
    const oldest = this.windows.keys().next();
    if (this.windows.size >= capacity && !oldest.done) this.windows.delete(oldest.value);
    const window = {
      endsAt: now + this.options.duration * 1000,
      settled: 0,
      unsettled: 0,
      settling: undefined,
    };
    this.windows.set(key, window);
    return window;
  }

  private allowance({ endsAt, settled, unsettled }: Window, allowed: boolean): Allowance {
    const { points, duration } = this.options;
    return {
      allowed,
      limit: points,
      remaining: allowed ? Math.max(0, points - settled - unsettled) : 0,
      windowSeconds: duration,
      resetSeconds: Math.max(1, Math.ceil((endsAt - performance.now()) / 1000)),
    };
  }
}
