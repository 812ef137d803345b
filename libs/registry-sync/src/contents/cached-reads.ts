import { LRUCache } from 'lru-cache';

/**
 * Values that never change under their keys, each read once for all who want it at the same time, and cached. What is
 * absent, or cannot be read just now, may be there a moment later, so that it is read again. Values come from images that
 * anyone may push, so that the memory of all of them together is bounded, as characters of JSON.
 */
export class CachedReads<V extends object> {
  private readonly values: LRUCache<string, V>;
  private readonly pending = new Map<string, Promise<V | undefined>>();

  constructor({ maxSize, ttl }: { readonly maxSize: number; readonly ttl?: number }) {
    this.values = new LRUCache({ maxSize, ttl, sizeCalculation: (value) => JSON.stringify(value).length });
  }

  /** The value of a key; rejects as `read` does. */
  read(key: string, read: () => Promise<V | undefined>): Promise<V | undefined> {
    const known = this.values.get(key);
    if (known !== undefined) return Promise.resolve(known);
    let pending = this.pending.get(key);
    if (pending === undefined) {
      pending = this.store(key, read).finally(() => this.pending.delete(key));
      this.pending.set(key, pending);
    }
    return pending;
  }

  private async store(key: string, read: () => Promise<V | undefined>): Promise<V | undefined> {
    const value = await read();
    if (value !== undefined) this.values.set(key, value);
    return value;
  }
}
