import fc from 'fast-check';
import assert from 'node:assert/strict';
import { describe, it } from '@jest/globals';
import { filterOf, listsOf } from './lists';
import { parseQuery } from '../query/query';

const name = '"[a-z0-9][a-z0-9._-]*"';
const condition = new RegExp(
  `^(?:(?:namespace|owner|repo) = ${name}|repo STARTS WITH ${name}|(?:ownerWords|nameWords|words) = "[a-z0-9+]+"|` +
    `(?:official|automated) = (?:true|false)|stars >= \\d+)$`,
);

const pieces = [
  '"',
  "'",
  '\\',
  ' OR ',
  ' AND ',
  'NOT ',
  '[',
  ']',
  ',',
  'private = true',
  'TO',
  'IN',
  '/',
  '-',
];
const text = fc
  .array(
    fc.oneof(
      fc.constantFrom(...pieces, '\u0000', '\n', 'app', 'alice', '日本', '\u202e'),
      fc.string({ unit: 'binary', maxLength: 4 }),
    ),
    { maxLength: 8 },
  )
  .map((parts) => parts.join(''));

describe('searches of Meilisearch', () => {
  it('say what is typed as names and words only, whatever it is (S30)', () => {
    const filters = fc.record(
      { namespace: text, official: fc.boolean(), automated: fc.boolean(), stars: fc.nat(999_999_999) },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(text, filters, (typed, wanted) => {
        const { everything, classes } = listsOf(parseQuery(typed));
        for (const list of [everything, ...classes]) {
          // Without a way it would give everything there is.
          assert.ok(list.anyOf.length > 0);
          const filter = filterOf(list, wanted);
          assert.equal(filter.length, 1 + Object.values(wanted).length);
          for (const clause of filter) {
            // The mark comes with every answer.
            assert.equal(clause.at(-1), 'id = 0');
            assert.ok(clause.length > 1);
            for (const way of clause.slice(0, -1)) {
              for (const one of way.split(' AND ')) assert.match(one, condition);
            }
          }
        }
      }),
      { numRuns: 100_000 },
    );
  });
});
