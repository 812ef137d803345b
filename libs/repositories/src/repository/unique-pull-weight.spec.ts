import assert from 'node:assert/strict';
import { describe, it } from '@jest/globals';
import fc from 'fast-check';
import { hourOf, weightOf } from './unique-pull-weight';

describe('the weight of a unique pull', () => {
  it('is the same within an hour, and twice the weight of 90 days before', () => {
    const at = new Date('2027-03-04T05:00:00Z');
    assert.equal(hourOf(new Date('2027-03-04T05:59:59.999Z')), hourOf(at));
    assert.equal(hourOf(new Date('2027-03-04T06:00:00Z')), hourOf(at) + 1);
    fc.assert(
      fc.property(fc.nat(1_000_000), (later) => {
        const hour = hourOf(at) + later;
        assert.ok(Math.abs(weightOf(hour + 90 * 24) / weightOf(hour) - 2) < 1e-9);
      }),
    );
  });

  it('is a number for the next two hundred years', () => {
    assert.ok(weightOf(hourOf(new Date('2226-01-01T00:00:00Z'))) * 1e9 < Number.MAX_VALUE);
  });
});
