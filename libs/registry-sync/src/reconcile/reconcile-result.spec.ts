import assert from 'node:assert/strict';
import { describe, it } from '@jest/globals';
import fc from 'fast-check';
import { alarmOf, deletionLimit } from './reconcile-result';

const missingTags = (n: number) =>
  Array.from({ length: n }, (_, i) => ({ repositoryId: `${i}`, confirmed: [] }));

describe('the limit of deletions in a reconcile', () => {
  it('is 5 % of the repositories, at least 3, at most 50', () => {
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

  it('raises an alarm beyond that, whatever the number of repositories', () => {
    fc.assert(
      fc.property(fc.nat(20_000), fc.nat(20_000), (filled, missing) => {
        const alarm = alarmOf({ filled, found: filled, missingTags: missingTags(Math.min(missing, filled)) });
        assert.equal(alarm === null, Math.min(missing, filled) <= deletionLimit(filled));
      }),
    );
  });

  it('raises an alarm when no tag remains, unless an administrator sets a limit', () => {
    assert.match(alarmOf({ filled: 2, found: 0, missingTags: missingTags(2) }) ?? '', /has none of the tags/);
    assert.equal(alarmOf({ filled: 2, found: 0, missingTags: missingTags(2) }, 2), null);
    assert.match(alarmOf({ filled: 2, found: 0, missingTags: missingTags(2) }, 1) ?? '', /at most 1/);
    assert.equal(alarmOf({ filled: 0, found: 0, missingTags: [] }), null);
  });
});
