import assert from 'node:assert/strict';
import { describe, it } from '@jest/globals';
import fc from 'fast-check';
import { likePattern, matchesPattern } from './repository-pattern';

describe('a pattern of repositories', () => {
  const rows: [pattern: string, path: string, matches: boolean][] = [
    ['alice/app', 'alice/app', true],
    ['alice/app', 'alice/app2', false],
    ['alice/*', 'alice/app', true],
    ['al*/a*p', 'alice/app', true],
    ['*/*', 'alice/app', true],
    ['*', 'alice/app', false],
    ['alice*app', 'alice/app', false],
    ['alice/a_p', 'alice/app', false],
    ['alice/a.p', 'alice/app', false],
    ['alice/ap*pp', 'alice/app', false],
  ];
  for (const [pattern, path, expected] of rows) {
    it(`${pattern} ${expected ? 'matches' : 'does not match'} ${path}`, () => {
      assert.equal(matchesPattern(pattern, path), expected);
    });
  }

  it('matches the same paths as its SQL form', () => {
    const text = (characters: string) => fc.string({ unit: fc.constantFrom(...characters), maxLength: 6 });
    const path = fc.tuple(text('ab_%.'), text('ab_%.')).map((parts) => parts.join('/'));
    fc.assert(
      fc.property(text('ab_%*/'), path, (pattern, tried) => {
        assert.equal(isLike(likePattern(pattern), tried), matchesPattern(pattern, tried));
      }),
      { numRuns: 2_000 },
    );
  });
});

/** SQL's LIKE: `%` is any text, `_` any character, a backslash escapes the next character. */
function isLike(pattern: string, text: string): boolean {
  const pieces = pattern.match(/\\.|[^]/g) ?? [];
  const escaped = (piece: string) => piece.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const source = pieces.map((piece) => {
    if (piece === '%') return '[^]*';
    return piece === '_' ? '[^]' : escaped(piece.length === 2 ? piece[1]! : piece);
  });
  return new RegExp(`^${source.join('')}$`).test(text);
}
