import assert from 'node:assert/strict';
import { describe, it } from '@jest/globals';
import fc from 'fast-check';
import { maxEntries, maxNesting, parseJson as parseBytes } from './json';

const parseJson = (text: string): unknown => parseBytes(Buffer.from(text));

const nested = (levels: number): string => '[{"a":'.repeat(levels / 2) + '1' + '}]'.repeat(levels / 2);

describe('JSON of a body', () => {
  it('is what was serialized, and an empty text is no body', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
        assert.deepEqual(parseJson(JSON.stringify(value)), JSON.parse(JSON.stringify(value)));
      }),
    );
    assert.equal(parseJson(''), undefined);
  });

  it('has at most 32 levels; brackets in text are none', () => {
    assert.ok(parseJson(nested(maxNesting)));
    for (const text of [nested(maxNesting + 2), '['.repeat(maxNesting + 1), nested(100_000)]) {
      assert.throws(() => parseJson(text), /nested deeper than 32 levels/);
    }
    const brackets = '[{'.repeat(1_000);
    assert.deepEqual(parseJson(JSON.stringify({ a: `${brackets}\\"${brackets}\\` })), {
      a: `${brackets}\\"${brackets}\\`,
    });
    // Siblings are not levels.
    assert.ok(parseJson(`[${'[],{},'.repeat(400)}1]`));
  });

  it('has at most 1,000 fields and list entries; commas in text are none', () => {
    const fields = (count: number): string =>
      `{${Array.from({ length: count }, (_, n) => `"é${n},\\",":1`).join(',')}}`;
    assert.equal(Object.keys(parseJson(fields(maxEntries.api)) as object).length, maxEntries.api);
    for (const text of [fields(maxEntries.api + 1), fields(15_000), `[${'0,'.repeat(maxEntries.api)}0]`]) {
      assert.throws(() => parseJson(text), /more than 1000 fields and list entries/);
    }
    assert.ok(parseJson(JSON.stringify({ text: ','.repeat(10_000) })));
  });

  for (const text of ['{', '[1,]', 'nul', '{"a":}', '"', '"\\', ']]]]', '\u0000']) {
    it(`is not ${JSON.stringify(text)}`, () =>
      assert.throws(() => parseJson(text), /the body is not valid JSON/));
  }
});
