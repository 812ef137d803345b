import assert from 'node:assert/strict';
import { describe, it } from '@jest/globals';
import { ReplicaThrottle } from './replica-throttle';

describe('the pace of the replica', () => {
  const paced = () => {
    let now = 5_000;
    const pace = new ReplicaThrottle(() => now);
    const is = (kind: 'mayIndex' | 'mayCompare', milliseconds: number): boolean => {
      now = 5_000 + milliseconds;
      return pace[kind];
    };
    return { pace, is };
  };

  for (const [took, rests] of [
    [1, 4],
    [300, 1_200],
    [2_500, 10_000],
    [60_000, 10_000],
  ] as const) {
    it(`indexes again ${rests} ms after it took ${took}`, () => {
      const { pace, is } = paced();
      assert.ok(pace.mayIndex);
      pace.indexed(took);
      assert.deepEqual([is('mayIndex', rests - 1), is('mayIndex', rests)], [false, true]);
    });
  }

  for (const [part, took, rests] of [
    [1, 10, 190],
    [0.015, 100, 1_900],
    [0.004, 150, 810],
    [0.001, 100, 140],
  ] as const) {
    it(`compares again ${rests} ms after it compared ${part} of all in ${took} ms`, () => {
      const { pace, is } = paced();
      assert.ok(pace.mayCompare);
      pace.compared(part, took);
      assert.deepEqual([is('mayCompare', rests - 1), is('mayCompare', rests)], [false, true]);
    });
  }
});
