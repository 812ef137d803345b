import assert from 'node:assert/strict';
import { describe, it } from '@jest/globals';
import { BatchQueue } from './batch-queue';

describe('gathering', () => {
  /** A gathering whose work is let go by hand, and the batches that it was given. */
  function gathering(limit = 10, fails: (item: number) => boolean = () => false) {
    const batches: number[][] = [];
    const gates: (() => void)[] = [];
    const one = new BatchQueue<number>(async (items) => {
      batches.push([...items]);
      await new Promise<void>((resolve) => gates.push(resolve));
      if (items.some(fails)) throw new Error(`not ${items.join()}`);
    }, limit);
    const letGo = async (): Promise<void> => {
      gates.shift()?.();
      for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
    };
    return { one, batches, letGo };
  }

  it('does together what comes while it works, in order, and no more than its limit at once', async () => {
    const { one, batches, letGo } = gathering(3);
    const all = Promise.all([1, 2, 3, 4, 5].map((item) => one.add(item)));
    for (let turn = 0; turn < 3; turn += 1) await letGo();
    await all;
    assert.deepEqual(batches, [[1], [2, 3, 4], [5]]);
  });

  it('tells nobody before his item is done', async () => {
    const { one, letGo } = gathering();
    const done: number[] = [];
    const all = [1, 2].map((item) => one.add(item).then(() => done.push(item)));
    await letGo();
    assert.deepEqual(done, [1]);
    await letGo();
    await Promise.all(all);
    assert.deepEqual(done, [1, 2]);
  });

  it('lets an item that cannot be done fail alone, and goes on', async () => {
    const { one, batches, letGo } = gathering(10, (item) => item === 3);
    const outcomes = Promise.allSettled([1, 2, 3, 4].map((item) => one.add(item)));
    for (let turn = 0; turn < 6; turn += 1) await letGo();
    assert.deepEqual(
      (await outcomes).map(({ status }) => status),
      ['fulfilled', 'fulfilled', 'rejected', 'fulfilled'],
    );
    assert.deepEqual(batches, [[1], [2, 3, 4], [2], [3], [4]]);
    const later = one.add(5);
    await letGo();
    await later;
  });
});
