import assert from 'node:assert/strict';
import { describe, it } from '@jest/globals';
import { foldHan } from './han-variants';

describe('folding of Han characters', () => {
  it('gives Traditional, Simplified and Japanese variants the same form', () => {
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

  it('keeps characters distinct that are no variants, and leaves other scripts unchanged', () => {
    assert.equal(new Set([...'日本語镜像服器水火'].map(foldHan)).size, 9);
    for (const other of 'aあア한。1') assert.equal(foldHan(other), other);
  });

  it('returns one character that folds to itself, for each Han character', () => {
    for (let code = 0x3400; code <= 0x9fff; code++) {
      const folded = foldHan(String.fromCodePoint(code));
      assert.equal([...folded].length, 1);
      assert.equal(foldHan(folded), folded);
    }
  });
});
