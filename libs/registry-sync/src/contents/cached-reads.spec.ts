import assert from 'node:assert/strict';
import { describe, it } from '@jest/globals';
import { CachedReads } from './cached-reads';

describe('cached reads', () => {
  const reader = (): {
    reads: string[];
    of: (key: string, size?: number) => () => Promise<{ text: string }>;
  } => {
    const reads: string[] = [];
    return {
      reads,
      of:
        (key, size = 10) =>
        () => {
          reads.push(key);
          return Promise.resolve({ text: 'x'.repeat(size) });
        },
    };
  };

  it('read a value once, at the same time and later', async () => {
    const [cache, { reads, of }] = [new CachedReads({ maxSize: 1_000 }), reader()];
    await Promise.all([cache.read('a', of('a')), cache.read('a', of('a')), cache.read('b', of('b'))]);
    await cache.read('a', of('a'));
    assert.deepEqual(reads, ['a', 'b']);
  });

  it('read again what was absent or failed', async () => {
    const cache = new CachedReads<{ text: string }>({ maxSize: 1_000 });
    const { reads, of } = reader();
    assert.equal(await cache.read('a', () => Promise.resolve(undefined)), undefined);
    await assert.rejects(
      cache.read('a', () => Promise.reject(new Error('away'))),
      /away/,
    );
    await cache.read('a', of('a'));
    assert.deepEqual(reads, ['a']);
  });

  it('hold no more than their size, however large the values are', async () => {
    const [cache, { reads, of }] = [new CachedReads({ maxSize: 1_000 }), reader()];
    await cache.read('large', of('large', 2_000));
    await cache.read('large', of('large', 2_000));
    for (const key of ['a', 'b', 'a', 'c', 'b']) await cache.read(key, of(key, 400));
    // A value that is too large is never kept; of the others, two fit, and the least recently used one goes.
    assert.deepEqual(reads, ['large', 'large', 'a', 'b', 'c', 'b']);
  });
});
