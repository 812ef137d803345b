import assert from 'node:assert/strict';
import { test } from '@jest/globals';
import fc from 'fast-check';
import { Backoff } from './backoff';

test('delays double from 250 ms to 30 s and stay there', () => {
  const backoff = new Backoff();
  const delays = Array.from({ length: 9 }, () => backoff.nextDelay(0));
  assert.deepEqual(delays, [250, 500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
});

test('delays begin at 250 ms again after an uptime of 30 s, not after less', () => {
  const backoff = new Backoff();
  backoff.nextDelay(0);
  assert.equal(backoff.nextDelay(29_999), 500);
  assert.equal(backoff.nextDelay(30_000), 250);
  assert.equal(backoff.nextDelay(0), 500);
});

test('every delay is between 250 ms and 30 s, whatever the uptimes', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(60_000), { maxLength: 3_000 }), (uptimes) => {
      const backoff = new Backoff();
      for (const uptime of uptimes) {
        const delay = backoff.nextDelay(uptime);
        assert.ok(delay >= 250 && delay <= 30_000);
      }
    }),
  );
});
