import assert from 'node:assert/strict';
import { describe, it } from '@jest/globals';
import fc from 'fast-check';
import { isPersonalToken, looksLikePersonalToken, newPersonalToken } from './personal-token';

const letters = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

describe('personal access tokens (S25)', () => {
  const tokens = Array.from({ length: 10_000 }, newPersonalToken);

  it('are well-formed, with a right checksum, and different, in 10,000 samples', () => {
    for (const token of tokens) {
      assert.match(token, /^ci_pat_[0-9A-Za-z]{36}$/);
      assert.ok(isPersonalToken(token));
    }
    assert.equal(new Set(tokens).size, tokens.length);
  });

  it('use every letter and digit about equally often', () => {
    const counts = new Map<string, number>();
    for (const token of tokens) {
      for (const letter of token.slice(7, 37)) counts.set(letter, (counts.get(letter) ?? 0) + 1);
    }
    const mean = (tokens.length * 30) / 62;
    assert.equal(counts.size, 62);
    for (const [letter, count] of counts) {
      assert.ok(Math.abs(count - mean) < mean * 0.1, `${letter}: ${count}, mean ${mean}`);
    }
  });

  it('are refused after any edit of one character', () => {
    fc.assert(
      fc.property(fc.nat(38), fc.constantFrom(...letters), fc.nat(tokens.length - 1), (at, letter, which) => {
        const token = tokens[which]!;
        fc.pre(at >= 7 && token[at] !== letter);
        assert.ok(!isPersonalToken(token.slice(0, at) + letter + token.slice(at + 1)));
        assert.ok(!isPersonalToken(token.slice(0, at) + token.slice(at + 1)));
      }),
      { numRuns: 2_000 },
    );
  });

  it('are distinguished from passwords by their prefix, whether valid or not', () => {
    assert.ok(looksLikePersonalToken('ci_pat_nonsense'));
    assert.ok(!looksLikePersonalToken('CI_PAT_nonsense'));
    assert.ok(!looksLikePersonalToken(' ci_pat_nonsense'));
  });
});
