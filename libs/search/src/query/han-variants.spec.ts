import assert from 'node:assert/strict';
import { describe, it } from '@jest/globals';
import { foldHan } from './han-variants';

describe('plain characters', () => {
  it('is one for Traditional, Simplified and Japanese forms', () => {
    for (const forms of [
      '開开',
      '發发発',
      '鏡镜',
      '數数',
      '據据',
      '庫库',
      '務务',
      '圖图図',
      '藝艺芸',
      '叙敘敍',
    ]) {
      assert.equal(new Set([...forms].map(foldHan)).size, 1, forms);
    }
  });

  it('tells characters apart that are none of these, and leaves all others as they are', () => {
    assert.equal(new Set([...'日本語镜像服器水火'].map(foldHan)).size, 9);
    for (const other of 'aあア한。1') assert.equal(foldHan(other), other);
  });

  it('answers one character that is its own plain one, for each of them', () => {
    for (let code = 0x3400; code <= 0x9fff; code++) {
      const answer = foldHan(String.fromCodePoint(code));
      assert.equal([...answer].length, 1);
      assert.equal(foldHan(answer), answer);
    }
  });
});
