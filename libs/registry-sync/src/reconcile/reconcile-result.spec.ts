import assert from 'node:assert/strict';
import { describe, it } from '@jest/globals';
import fc from 'fast-check';
import { alarmOf, deletionLimit } from './reconcile-result';

const missingTags = (n: number) =>
  Array.from({ length: n }, (_, i) => ({ repositoryId: `${i}`, confirmed: [] }));

describe('how much a reconcile may remove', () => {
  it('is 5 % of the repositories, at least 3, never more than 50', () => {
    for (const [filled, limit] of [
      [0, 3],
      [10, 3],
      [60, 3],
      [100, 5],
      [1_000, 50],
      [100_000, 50],
    ] as const) {
      assert.equal(deletionLimit(filled), limit);
    }
  });

  it('is nothing beyond that, however the missingTags are spread', () => {
    fc.assert(
      fc.property(fc.nat(20_000), fc.nat(20_000), (filled, lost) => {
        const alarm = alarmOf({ filled, found: filled, missingTags: missingTags(Math.min(lost, filled)) });
        assert.equal(alarm === null, Math.min(lost, filled) <= deletionLimit(filled));
      }),
    );
  });

  it('is nothing when nothing is left, unless an administrator says how much may go', () => {
    assert.match(alarmOf({ filled: 2, found: 0, missingTags: missingTags(2) }) ?? '', /nothing is left/);
    assert.equal(alarmOf({ filled: 2, found: 0, missingTags: missingTags(2) }, 2), null);
    assert.match(alarmOf({ filled: 2, found: 0, missingTags: missingTags(2) }, 1) ?? '', /at most 1/);
    assert.equal(alarmOf({ filled: 0, found: 0, missingTags: [] }), null);
  });
});
