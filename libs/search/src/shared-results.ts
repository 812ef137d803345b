import { ChangeListener } from '@central-index/platform/database';

interface SharedResult<T> {
  readonly result: Promise<T>;
  readonly expiresAt: number;
}

// The rate of searches bounds how many are cached; these bound the memory at any rate.
const maxResults = 1_000;
const maxKeyLength = 512;

/**
 * Results that callers with the same request share for a moment: those who ask while it is computed wait for it
 * together. All of them are dropped when anything was hidden, in any process: `Database.transaction` returns to the
 * caller that hid it only then. While the change listener is not live, each caller gets a result of its own.
 */
export class SharedResults<T> {
  // In the order in which they expire.
  private readonly results = new Map<string, SharedResult<T>>();

  /**
   * `ttlMs` counts from when a computation begins, at most `ChangeListener.maxHiddenAgeMs` unless results are numbers only; 0
   * shares nothing.
   */
  constructor(
    private readonly changes: Pick<ChangeListener, 'isLive' | 'subscribe'>,
    private readonly ttlMs: number,
  ) {
    if (ttlMs === 0) return;
    changes.subscribe((change) => {
      if (change === undefined || change === ChangeListener.hidden) this.results.clear();
    });
  }

  /** Returns the shared result for `key`, or computes it. A failure is shared by those who wait for it only. */
  find(key: string, compute: () => Promise<T>): Promise<T> {
    if (this.ttlMs === 0 || key.length > maxKeyLength || !this.changes.isLive) return compute();
    const now = performance.now();
    this.dropExpired(now);
    const shared = this.results.get(key);
    if (shared !== undefined) return shared.result;
    const result = compute();
    if (this.results.size >= maxResults) return result;
    const added = { result, expiresAt: now + this.ttlMs };
    this.results.set(key, added);
    result.catch(() => {
      if (this.results.get(key) === added) this.results.delete(key);
    });
    return result;
  }

  private dropExpired(now: number): void {
    for (const [key, { expiresAt }] of this.results) {
      if (expiresAt > now) return;
      this.results.delete(key);
    }
  }
}
