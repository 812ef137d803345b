import { DomainError } from '@central-index/platform/errors';
import fc from 'fast-check';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readCursor, writeCursor } from './cursor';

const refused = (error: unknown): boolean =>
  error instanceof DomainError && error.code === 'VALIDATION_FAILED' && error.status === 400;

describe('cursors', () => {
  it('give back what was written', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 100 }).filter((value) => !value.includes('\0'));
    const id = fc.bigInt({ min: 1n, max: 10n ** 18n - 1n }).map(String);
    fc.assert(
      fc.property(text, id, (name, row) => {
        assert.deepEqual(readCursor('tags', writeCursor('tags', name, row), ['text', 'id']), [name, row]);
      }),
    );
  });

  it('refuse whatever else, without another error', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.base64String(), fc.json()), (input) => {
        assert.throws(() => readCursor('tags', input, ['id']), refused);
      }),
      { numRuns: 2000 },
    );
  });

  const good = writeCursor('tags', '17');
  const forged: [string, string][] = [
    ['of another list', writeCursor('users', '17')],
    ['with too few values', writeCursor('tags')],
    ['with too many values', writeCursor('tags', '17', '18')],
    ['with SQL for an id', writeCursor('tags', "1' or '1'='1")],
    ['with zero for an id', writeCursor('tags', '0')],
    ['with an id beyond bigint', writeCursor('tags', '9'.repeat(19))],
    ['with padding', `${good}==`],
    ['with a line break', `${good}\n`],
    ['spelt otherwise', Buffer.from('["tags", "17"]').toString('base64url')],
    ['with a number', Buffer.from('["tags",17]').toString('base64url')],
    ['with an object', Buffer.from('{"0":"tags","1":"17"}').toString('base64url')],
    ['that is huge', writeCursor('tags', '1'.repeat(2000))],
    ['that is empty', ''],
  ];
  for (const [what, cursor] of forged) {
    it(`refuse one ${what}`, () => assert.throws(() => readCursor('tags', cursor, ['id']), refused));
  }
  it('refuse U+0000 in a text', () => {
    assert.throws(() => readCursor('tags', writeCursor('tags', 'a\0'), ['text']), refused);
  });
});
