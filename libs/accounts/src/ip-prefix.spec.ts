import assert from 'node:assert/strict';
import { describe, it } from '@jest/globals';
import { ipPrefixOf } from './ip-prefix';

describe('IP prefixes in limits', () => {
  for (const [address, prefix] of [
    ['192.0.2.7', '192.0.2.7'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8:1:2::1', '2001:db8:1:2::/64'],
    ['2001:DB8:0001:0002::9', '2001:db8:1:2::/64'],
    ['::1', '0:0:0:0::/64'],
    ['unknown', 'unknown'],
  ] as const) {
    it(`count ${address} as ${prefix}`, () => assert.equal(ipPrefixOf(address), prefix));
  }
});
