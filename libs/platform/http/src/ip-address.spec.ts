import assert from 'node:assert/strict';
import { describe, it } from '@jest/globals';
import fc from 'fast-check';
import { parseIpAddress } from './ip-address';

describe('IP addresses', () => {
  const accepted: [string, string][] = [
    ['192.0.2.7', '192.0.2.7'],
    ['192.0.2.7:443', '192.0.2.7'],
    ['192.0.2.7:0', '192.0.2.7'],
    ['192.0.2.7:65535', '192.0.2.7'],
    ['[192.0.2.7]'.slice(1, -1), '192.0.2.7'],
    ['2001:db8::1', '2001:db8::1'],
    ['2001:DB8:0:0:0::1', '2001:db8::1'],
    ['2001:0db8:0000:0000:0000:0000:0000:0001', '2001:db8::1'],
    ['[2001:db8::1]', '2001:db8::1'],
    ['[2001:db8::1]:443', '2001:db8::1'],
    ['2001:db8::1:443', '2001:db8::1:443'],
    ['fe80::1%eth0', 'fe80::1'],
    ['[fe80::1%eth0]:443', 'fe80::1'],
    ['[fe80::1%25eth0]:443', 'fe80::1'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['::FFFF:c000:207', '192.0.2.7'],
    ['[::ffff:192.0.2.7]:80', '192.0.2.7'],
    ['::1', '::1'],
    ['::', '::'],
  ];
  for (const [text, address] of accepted) {
    it(`${text} is ${address}`, () => assert.equal(parseIpAddress(text), address));
  }

  const refused = [
    '',
    ' ',
    'not-an-ip',
    'unknown',
    '_hidden',
    'localhost',
    'localhost:80',
    '1.2.3',
    '127.1',
    '0x7f.0.0.1',
    '0177.0.0.1',
    '2130706433',
    '192.0.2.256',
    '192.0.2.7:',
    '192.0.2.7:65536',
    '192.0.2.7:123456',
    '192.0.2.7:8a',
    '192.0.2.7:80:80',
    '192.0.2.7/24',
    '192.0.2.7%eth0',
    ' 192.0.2.7',
    '[192.0.2.7]',
    '[2001:db8::1',
    '2001:db8::1]:80',
    '[2001:db8::1]80',
    '[2001:db8::1]:70000',
    '[[2001:db8::1]]',
    '"[2001:db8::1]:80"',
    '1:2:3:4:5:6:7:8:9',
    ':::1',
    'fe80::1%',
    `fe80::1%${'x'.repeat(300)}`,
    '1'.repeat(300),
    '192.0.2.7\u0000',
    '１９２.0.2.7',
  ];
  for (const text of refused) {
    it(`${JSON.stringify(text.slice(0, 40))} is none`, () => assert.equal(parseIpAddress(text), undefined));
  }

  it('are spelled alike however they are written, and parsing the result changes nothing', () => {
    const address = fc.oneof(fc.ipV4(), fc.ipV6());
    const port = fc.integer({ min: 0, max: 65_535 });
    fc.assert(
      fc.property(address, port, (text, number) => {
        const parsed = parseIpAddress(text);
        assert.ok(parsed !== undefined, text);
        assert.equal(parseIpAddress(parsed), parsed);
        assert.equal(parseIpAddress(text.toUpperCase()), parsed);
        assert.equal(
          parseIpAddress(text.includes(':') ? `[${text}]:${number}` : `${text}:${number}`),
          parsed,
        );
      }),
      { numRuns: 2_000 },
    );
  });

  it('are of text or absent, whatever the text is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (text) => {
        const parsed = parseIpAddress(text);
        assert.ok(parsed === undefined || parsed.length <= 45, parsed);
      }),
      { numRuns: 2_000 },
    );
  });
});
