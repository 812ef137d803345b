import { LRUCache } from 'lru-cache';
import type { Change, ChangeListener } from './change-listener';

interface Entry<V> {
  readonly value: V;
  readonly tags: readonly Change[];
}

/**
 * Values that were derived from rows, cached in this process until one of the rows changes in any process, or until
 * `lifetimeMs` has passed: that bounds how long a lost notification matters. While the change listener is not live,
 * nothing is returned. At most `capacity` values are cached; the least recently used one is replaced. `tags` name the
 * rows as the triggers of the schema do, such as `account:17`.
 */
export class InvalidatingCache<V> {
  private readonly entries: LRUCache<string, Entry<V>>;
  private readonly keysByTag = new Map<Change, Set<string>>();

  constructor(
    private readonly changes: ChangeListener,
    { lifetimeMs, capacity }: { readonly lifetimeMs: number; readonly capacity: number },
  ) {
    this.entries = new LRUCache({
      max: capacity,
      ttl: lifetimeMs,
      // By default the clock is read, and a timer started, in each millisecond in which a value is requested.
      ttlResolution: 100,
      dispose: ({ tags }, key) => this.removeTags(key, tags),
    });
    changes.subscribe((change) => this.invalidate(change));
  }

  /** Returns the value, if it is cached and may be trusted now. */
  get(key: string): V | undefined {
    return this.changes.isLive ? this.entries.get(key)?.value : undefined;
  }

  /** Call it before reading: the function it returns caches a value only if nothing has changed in between. */
  beginFill(): (key: string, value: V, tags: readonly string[]) => void {
    const { count, isLive } = this.changes;
    return (key, value, tags) => {
      if (isLive && this.changes.count === count) this.add(key, { value, tags });
    };
  }

  private add(key: string, entry: Entry<V>): void {
    // Disposes of an earlier entry first, or its tags would be removed after the new ones are added.
    this.entries.set(key, entry);
    for (const tag of entry.tags) {
      const keys = this.keysByTag.get(tag);
      if (keys === undefined) this.keysByTag.set(tag, new Set([key]));
      else keys.add(key);
    }
  }

  private invalidate(change: Change): void {
    if (change === undefined) this.entries.clear();
    else for (const key of this.keysByTag.get(change) ?? []) this.entries.delete(key);
  }

  private removeTags(key: string, tags: readonly Change[]): void {
    for (const tag of tags) {
      const keys = this.keysByTag.get(tag);
      keys?.delete(key);
      if (keys?.size === 0) this.keysByTag.delete(tag);
    }
  }
}
