import fc from 'fast-check';
import assert from 'node:assert/strict';
import { describe, it } from '@jest/globals';
import { osaDistance, editsAllowed, lettersOf, deleteVariants } from './spelling';

type Edit = { at: number; letter: string; kind: 'insert' | 'delete' | 'replace' | 'swap' };

const edit = fc.record<Edit>({
  at: fc.nat(30),
  letter: fc.constantFrom(...'abcdez0'),
  kind: fc.constantFrom('insert', 'delete', 'replace', 'swap'),
});

function edited(name: string, { at, letter, kind }: Edit): string {
  const index = at % name.length;
  const [head, tail] = [name.slice(0, index), name.slice(index)];
  if (kind === 'insert') return head + letter + tail;
  if (kind === 'delete') return head + tail.slice(1);
  if (kind === 'replace') return head + letter + tail.slice(1);
  return head + tail.slice(1, 2) + tail.slice(0, 1) + tail.slice(2);
}

describe('spelling', () => {
  it('counts edits, and a swap as one edit', () => {
    const cases: [string, string, number][] = [
      ['nginx', 'nginx', 0],
      ['ngnix', 'nginx', 1],
      ['memcakched', 'memcached', 1],
      ['casoanda', 'cassandra', 2],
      ['', 'abc', 3],
    ];
    for (const [a, b, expected] of cases) assert.equal(osaDistance(a, b, 9), expected, `${a} ${b}`);
  });

  it('stops counting above the maximum', () => {
    const text = fc.string({ unit: fc.constantFrom(...'abc'), maxLength: 12 });
    fc.assert(
      fc.property(text, text, fc.nat(4), (a, b, max) => {
        const [exact, bounded] = [osaDistance(a, b, 99), osaDistance(a, b, max)];
        assert.ok(exact <= max ? bounded === exact : bounded > max, `${a} ${b} ${max}`);
      }),
      { numRuns: 5000 },
    );
  });

  it('compares letters and digits only, and does not correct short names', () => {
    assert.equal(lettersOf('azul-zulu_8.x'), 'azulzulu8x');
    assert.deepEqual(
      ['php', 'bash', 'mysql', 'debian'].map((name) => editsAllowed(name)),
      [0, 1, 1, 2],
    );
  });

  it('gives names a common deletion key if their distance is within what both allow', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...'abcdez0'), minLength: 4, maxLength: 20 }),
        fc.array(edit, { maxLength: 2 }),
        (name, edits) => {
          const typed = edits.reduce(edited, name);
          if (osaDistance(name, typed, 2) > Math.min(editsAllowed(name), editsAllowed(typed))) return;
          const variants = new Set(deleteVariants(name));
          assert.ok(
            deleteVariants(typed).some((variant) => variants.has(variant)) || editsAllowed(typed) === 0,
            `${name} ${typed}`,
          );
        },
      ),
      { numRuns: 2000 },
    );
  });
});
