import { ChangeListener } from '@central-index/platform/database';
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it, jest } from '@jest/globals';
import { SharedResults } from './shared-results';

const ttlMs = 250;

describe('shared results', () => {
  let listeners: ((change: string | undefined) => void)[];
  let changes: { isLive: boolean; subscribe(listener: (change: string | undefined) => void): void };
  let results: SharedResults<number>;
  let pending: { resolve(value: number): void; reject(error: Error): void }[];
  beforeEach(() => {
    jest.useFakeTimers();
    [listeners, pending] = [[], []];
    changes = { isLive: true, subscribe: (listener) => void listeners.push(listener) };
    results = new SharedResults(changes, ttlMs);
  });
  afterEach(() => void jest.useRealTimers());

  const notify = (change: string | undefined): void => listeners.forEach((listener) => listener(change));
  // Computations end when the test resolves them, in the order in which they began.
  const find = (key = 'redis', from = results): Promise<number> =>
    from.find(key, () => new Promise((resolve, reject) => pending.push({ resolve, reject })));

  it('are computed once for all who ask during the computation and in the rest of the time', async () => {
    const asked = [find(), find()];
    pending[0]!.resolve(1);
    assert.deepEqual(await Promise.all(asked), [1, 1]);
    jest.advanceTimersByTime(ttlMs - 1);
    assert.equal(await find(), 1);
    assert.equal(pending.length, 1);
  });

  it('differ by key', () => {
    void find('redis');
    void find('nginx');
    assert.equal(pending.length, 2);
  });

  it('expire, counted from when the computation began, even if it takes longer', async () => {
    const slow = find();
    jest.advanceTimersByTime(ttlMs);
    const next = find();
    assert.equal(pending.length, 2);
    pending[0]!.resolve(1);
    pending[1]!.resolve(2);
    assert.deepEqual([await slow, await next, await find()], [1, 2, 2]);
  });

  for (const change of [ChangeListener.hidden, undefined]) {
    it(`are dropped, computed or not, when ${change ?? 'anything'} changes`, async () => {
      const [computed, computing] = [find('redis'), find('nginx')];
      pending[0]!.resolve(1);
      await computed;
      notify(change);
      const again = [find('redis'), find('nginx')];
      assert.equal(
        pending.length,
        4,
        'what began before the change is not shared with those who ask after it',
      );
      for (const [value, one] of pending.entries()) one.resolve(value);
      assert.deepEqual(await Promise.all([computing, ...again]), [1, 2, 3]);
      assert.equal(await find('nginx'), 3);
    });
  }

  it('stay when something else changes', async () => {
    void find();
    notify('repository:alice/app');
    void find();
    assert.equal(pending.length, 1);
  });

  it('do not include failures, except for those who waited', async () => {
    const asked = [find(), find()];
    pending[0]!.reject(new Error('lost'));
    for (const one of asked) await assert.rejects(one, /lost/);
    const next = find();
    pending[1]!.resolve(2);
    assert.equal(await next, 2);
  });

  it('do not exist while notifications do not arrive, without a lifetime, and for very long keys', () => {
    changes.isLive = false;
    void find();
    void find();
    changes.isLive = true;
    const none = new SharedResults<number>(changes, 0);
    void find('redis', none);
    void find('redis', none);
    void find('x'.repeat(600));
    void find('x'.repeat(600));
    assert.equal(pending.length, 6);
  });

  it('are bounded in number', () => {
    for (let n = 0; n < 3_000; n += 1) void find(`word${n}`);
    void find('word0');
    void find('word2999');
    assert.equal(pending.length, 3_001);
  });
});
