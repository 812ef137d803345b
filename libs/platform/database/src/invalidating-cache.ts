import type { Change, ChangeListener } from './change-listener';

interface Entry<V> {
  readonly value: V;
  readonly until: number;
  readonly tags: readonly Change[];
}

/**
 * Values made of rows, kept in this process until one of the rows changes anywhere, or their time is over: a lost
 * notice is made good by that time, a dead listener by not being asked at all. `madeOf` are changes as the schema's
 * triggers tell them, such as `account:17`.
 */
export class InvalidatingCache<V> {
  private readonly entries = new Map<string, Entry<V>>();
  private readonly keysOf = new Map<Change, Set<string>>();

  constructor(
    private readonly changes: ChangeListener,
    private readonly options: { readonly lifetimeMs: number; readonly capacity: number },
  ) {
    changes.subscribe((change) => this.invalidate(change));
  }

  /** The value, if it is remembered and may be trusted now. */
  get(key: string): V | undefined {
    const entry = this.entries.get(key);
    if (entry === undefined || !this.changes.isLive) return undefined;
    if (entry.until > performance.now()) return entry.value;
    this.remove(key, entry);
    return undefined;
  }

  /** Begins a reading: what the returned function is given is kept only if nothing changed in between. */
  beginFill(): (key: string, value: V, tags: readonly string[]) => void {
    const { count } = this.changes;
    const trusted = this.changes.isLive;
    return (key, value, tags) => {
      if (trusted && this.changes.count === count) this.add(key, value, tags);
    };
  }

  private add(key: string, value: V, tags: readonly string[]): void {
    const old = this.entries.get(key);
    if (old !== undefined) this.remove(key, old);
    const [oldest] = this.entries;
    if (this.entries.size >= this.options.capacity && oldest !== undefined) this.remove(...oldest);
    this.entries.set(key, { value, until: performance.now() + this.options.lifetimeMs, tags });
    for (const change of tags) {
      const keys = this.keysOf.get(change);
      if (keys === undefined) this.keysOf.set(change, new Set([key]));
      else keys.add(key);
    }
  }

  private invalidate(change: Change): void {
    if (change === undefined) {
      this.entries.clear();
      this.keysOf.clear();
      return;
    }
    for (const key of this.keysOf.get(change) ?? []) this.remove(key, this.entries.get(key)!);
  }

  private remove(key: string, entry: Entry<V>): void {
    this.entries.delete(key);
    for (const change of entry.tags) {
      const keys = this.keysOf.get(change);
      keys?.delete(key);
      if (keys?.size === 0) this.keysOf.delete(change);
    }
  }
}
