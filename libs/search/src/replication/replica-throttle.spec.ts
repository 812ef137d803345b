import assert from 'node:assert/strict';
import { describe, it } from '@jest/globals';
import { ReplicaThrottle } from './replica-throttle';

describe('the throttle of the replica', () => {
  const throttled = () => {
    let now = 5_000;
    const throttle = new ReplicaThrottle(() => now);
    const is = (kind: 'mayIndex' | 'mayCompare', milliseconds: number): boolean => {
      now = 5_000 + milliseconds;
      return throttle[kind];
    };
    return { throttle, is };
  };

  for (const [took, idle] of [
    [1, 4],
    [300, 1_200],
    [2_500, 10_000],
    [60_000, 10_000],
  ] as const) {
    it(`permits indexing ${idle} ms after a batch that took ${took} ms`, () => {
      const { throttle, is } = throttled();
      assert.ok(throttle.mayIndex);
      throttle.recordIndexing(took);
      assert.deepEqual([is('mayIndex', idle - 1), is('mayIndex', idle)], [false, true]);
    });
  }

  for (const [part, took, idle] of [
    [1, 10, 190],
    [0.015, 100, 1_900],
    [0.004, 150, 810],
    [0.001, 100, 140],
  ] as const) {
    it(`permits comparing ${idle} ms after ${part} of all documents were compared in ${took} ms`, () => {
      const { throttle, is } = throttled();
      assert.ok(throttle.mayCompare);
      throttle.recordComparison(part, took);
      assert.deepEqual([is('mayCompare', idle - 1), is('mayCompare', idle)], [false, true]);
    });
  }
});
