import fc from 'fast-check';
import assert from 'node:assert/strict';
import { describe, it } from '@jest/globals';
import { readCursor, writeCursor } from './cursor';

describe('cursors', () => {
  it('return the key that was written', () => {
    const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 100 });
    const id = fc.bigInt({ min: 1n, max: 10n ** 18n - 1n }).map(String);
    fc.assert(
      fc.property(text, id, (name, row) => {
        assert.equal(
          readCursor('tags', 'text', writeCursor('tags', name)),
          name.includes('\0') ? undefined : name,
        );
        assert.equal(readCursor('users', 'id', writeCursor('users', row)), row);
      }),
    );
  });

  it('reject all other input', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.base64String(), fc.json()), (input) => {
        assert.equal(readCursor('tags', 'text', input), undefined);
      }),
      { numRuns: 2000 },
    );
  });

  const valid = writeCursor('users', '17');
  const forged: [string, string][] = [
    ['of another list', writeCursor('tags', '17')],
    ['of a list whose name starts alike', writeCursor('users2', '17')],
    ['without a key', writeCursor('users', '')],
    ['with SQL for an id', writeCursor('users', "1' or '1'='1")],
    ['with zero for an id', writeCursor('users', '0')],
    ['with an id beyond bigint', writeCursor('users', '9'.repeat(19))],
    ['with padding', `${valid}==`],
    ['with a line break', `${valid}\n`],
    ['in another alphabet', `${valid}+/`],
    ['that is huge', writeCursor('users', '1'.repeat(2000))],
    ['that is empty', ''],
  ];
  for (const [what, cursor] of forged) {
    it(`reject one ${what}`, () => assert.equal(readCursor('users', 'id', cursor), undefined));
  }
  it('accept a valid one (a test of the tests above)', () =>
    assert.equal(readCursor('users', 'id', valid), '17'));
});
