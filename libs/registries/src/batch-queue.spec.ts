import assert from 'node:assert/strict';
import { describe, it } from '@jest/globals';
import { BatchQueue } from './batch-queue';

describe('the batch queue', () => {
  /** A queue whose batches wait for `finishBatch`, and the batches that it started. */
  function createQueue(batchSize = 10, fails: (item: number) => boolean = () => false) {
    const batches: number[][] = [];
    const pending: (() => void)[] = [];
    const queue = new BatchQueue<number>(async (items) => {
      batches.push([...items]);
      await new Promise<void>((resolve) => pending.push(resolve));
      if (items.some(fails)) throw new Error(`not ${items.join()}`);
    }, batchSize);
    const finishBatch = async (): Promise<void> => {
      pending.shift()?.();
      for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
    };
    return { queue, batches, finishBatch };
  }

  it('processes what arrives during a batch in the next ones, in order, at most a batch size each', async () => {
    const { queue, batches, finishBatch } = createQueue(3);
    const all = Promise.all([1, 2, 3, 4, 5].map((item) => queue.add(item)));
    for (let turn = 0; turn < 3; turn += 1) await finishBatch();
    await all;
    assert.deepEqual(batches, [[1], [2, 3, 4], [5]]);
  });

  it('settles no promise before its item is processed', async () => {
    const { queue, finishBatch } = createQueue();
    const done: number[] = [];
    const all = [1, 2].map((item) => queue.add(item).then(() => done.push(item)));
    await finishBatch();
    assert.deepEqual(done, [1]);
    await finishBatch();
    await Promise.all(all);
    assert.deepEqual(done, [1, 2]);
  });

  it('rejects only the item that fails, and continues', async () => {
    const { queue, batches, finishBatch } = createQueue(10, (item) => item === 3);
    const outcomes = Promise.allSettled([1, 2, 3, 4].map((item) => queue.add(item)));
    for (let turn = 0; turn < 6; turn += 1) await finishBatch();
    assert.deepEqual(
      (await outcomes).map(({ status }) => status),
      ['fulfilled', 'fulfilled', 'rejected', 'fulfilled'],
    );
    assert.deepEqual(batches, [[1], [2, 3, 4], [2], [3], [4]]);
    const later = queue.add(5);
    await finishBatch();
    await later;
  });
});
