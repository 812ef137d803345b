import assert from 'node:assert/strict';
import { describe, it } from '@jest/globals';
import { forEachLimited } from './for-each-limited';

describe('forEachLimited', () => {
  const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

  it('starts all items in order, and at most the limit at the same time', async () => {
    const started: number[] = [];
    let active = 0;
    let maxActive = 0;
    await forEachLimited(3, Array(10).keys(), async (item) => {
      started.push(item);
      active += 1;
      maxActive = Math.max(maxActive, active);
      await pause(2);
      active -= 1;
    });
    assert.deepEqual(started, [...Array(10).keys()]);
    assert.equal(maxActive, 3);
  });

  it('rejects with the first failure after what had started has ended, and starts nothing more', async () => {
    const started: number[] = [];
    const ended: number[] = [];
    const run = forEachLimited(2, [1, 2, 3, 4], async (item) => {
      started.push(item);
      if (item === 1) throw new Error('first');
      await pause(10);
      ended.push(item);
      throw new Error('second');
    });
    await assert.rejects(run, { message: 'first' });
    assert.deepEqual([started, ended], [[1, 2], [2]]);
  });
});
