import assert from 'node:assert/strict';
import { describe, it } from '@jest/globals';
import { parseImageList } from './image-list';

const [one, two] = ['1'.repeat(64), '2'.repeat(64)];
const codeOf = (body: unknown): string => {
  try {
    parseImageList(body);
    return 'none';
  } catch (error) {
    return (error as { code: string }).code;
  }
};

describe('image lists of the v1 protocol', () => {
  it('name each image once, whatever its number of tags, and keep a checksum', () => {
    const body = [
      { id: one },
      { id: two, Tag: 'latest' },
      { id: two, Tag: '1.0', checksum: 'tarsum+sha256:ab' },
      { id: two, Tag: '', checksum: '' },
      { id: one, Tag: null, checksum: null, more: {} },
    ];
    assert.deepEqual(parseImageList(body), [{ id: one }, { id: two, checksum: 'tarsum+sha256:ab' }]);
    assert.deepEqual(parseImageList([]), []);
  });

  it.each([
    [undefined],
    [null],
    [{}],
    ['text'],
    [[null]],
    [['id']],
    [[[]]],
    [[{}]],
    [[{ id: 1 }]],
    [[{ id: `${one}1` }]],
    [[{ id: one.slice(1) }]],
    [[{ id: 'A'.repeat(64) }]],
    [[{ id: `${one}\n` }]],
    [[{ id: one, Tag: 'a b' }]],
    [[{ id: one, Tag: {} }]],
    [[{ id: one, checksum: 7 }]],
    [[{ id: one, checksum: 'no checksum' }]],
    [[{ id: one, checksum: 'sha256:\u0000' }]],
  ])('are refused: %j', (body) => assert.equal(codeOf(body), 'VALIDATION_FAILED'));

  it('are refused with more than 10,000 entries', () => {
    const list = (length: number): object[] => Array.from({ length }, () => ({ id: one }));
    assert.equal(codeOf(list(10_000)), 'none');
    assert.equal(codeOf(list(10_001)), 'TOO_MANY_IMAGES');
  });
});
