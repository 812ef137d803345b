import assert from 'node:assert/strict';
import { describe, it, jest } from '@jest/globals';
import { BatchedRead } from './batched-read';

interface Statement {
  readonly keys: readonly number[];
  readonly succeed: () => void;
  readonly fail: (error: Error) => void;
}

describe('a batched read', () => {
  // Statements run until the test ends them.
  function create(): { reads: BatchedRead<number, string>; statements: Statement[] } {
    const statements: Statement[] = [];
    const reads = new BatchedRead<number, string>(
      (keys) =>
        new Promise((resolve, reject) => {
          statements.push({ keys, succeed: () => resolve(keys.map((key) => `row ${key}`)), fail: reject });
        }),
    );
    return { reads, statements };
  }
  const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

  it('serves the requests of one turn by one statement, in their order, repeated keys included', async () => {
    const { reads, statements } = create();
    const values = Promise.all([3, 1, 3].map((key) => reads.get(key)));
    await turn();
    assert.deepEqual(
      statements.map(({ keys }) => keys),
      [[3, 1, 3]],
    );
    statements[0]!.succeed();
    assert.deepEqual(await values, ['row 3', 'row 1', 'row 3']);
  });

  it('never answers by a statement that started before the request', async () => {
    const { reads, statements } = create();
    const first = reads.get(1);
    await turn();
    const later = Promise.all([reads.get(1), reads.get(2)]);
    await turn();
    assert.equal(statements.length, 1);
    statements[0]!.succeed();
    await first;
    await turn();
    assert.deepEqual(statements[1]!.keys, [1, 2]);
    statements[1]!.succeed();
    assert.deepEqual(await later, ['row 1', 'row 2']);
  });

  it('reads at most 500 keys by one statement', async () => {
    const { reads, statements } = create();
    const values = Promise.all(Array.from({ length: 501 }, (_, key) => reads.get(key)));
    await turn();
    statements[0]!.succeed();
    await turn();
    assert.deepEqual(
      statements.map(({ keys }) => keys.length),
      [500, 1],
    );
    statements[1]!.succeed();
    assert.equal((await values)[500], 'row 500');
  });

  it('fails the requests of a failed statement, and those behind it only if it failed late', async () => {
    const { reads, statements } = create();
    const now = jest.spyOn(performance, 'now').mockReturnValue(0);
    try {
      for (const [failedAt, isLate] of [
        [10, false],
        [4_100, true],
      ] as const) {
        statements.length = 0;
        now.mockReturnValue(0);
        const first = reads.get(1);
        await turn();
        const second = reads.get(2);
        const outcomes = Promise.allSettled([first, second]);
        now.mockReturnValue(failedAt);
        statements[0]!.fail(new Error('no answer'));
        await assert.rejects(first, /no answer/);
        await turn();
        assert.equal(statements.length, isLate ? 1 : 2);
        statements[1]?.succeed();
        assert.deepEqual(
          (await outcomes).map(({ status }) => status),
          ['rejected', isLate ? 'rejected' : 'fulfilled'],
        );
      }
    } finally {
      now.mockRestore();
    }
  });
});
