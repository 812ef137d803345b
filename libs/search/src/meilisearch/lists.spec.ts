import fc from 'fast-check';
import assert from 'node:assert/strict';
import { describe, it } from '@jest/globals';
import { filterOf, listsOf } from './lists';
import { parseQuery } from '../query/query';

const name = '"[a-z0-9][a-z0-9._-]*"';
const condition = new RegExp(
  `^(?:(?:namespace|owner|repo) = ${name}|repo STARTS WITH ${name}|(?:ownerWords|nameWords|words|allWords) (?:= "[a-z0-9+]+"|IN \\[(?:"[a-z0-9+]+"(?:, (?=")|(?=\\])))+\\])|` +
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

describe('filters for Meilisearch', () => {
  it('contain the text of a query as names and words only, whatever it is (S30)', () => {
    const filters = fc.record(
      { namespace: text, official: fc.boolean(), automated: fc.boolean(), stars: fc.nat(999_999_999) },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(text, filters, (typed, searchFilters) => {
        const { everything, classes } = listsOf(parseQuery(typed));
        for (const list of [everything, ...classes]) {
          // A list without filters would return every document.
          assert.ok(list.anyOf.length > 0);
          const filter = filterOf(list, searchFilters);
          assert.equal(filter.length, 1 + Object.values(searchFilters).length);
          for (const clause of filter) {
            // The generation marker is in every response.
            assert.equal(clause.at(-1), 'id = 0');
            assert.ok(clause.length > 1);
            for (const alternative of clause.slice(0, -1)) {
              for (const one of alternative.split(' AND ')) assert.match(one, condition);
            }
          }
        }
      }),
      { numRuns: 100_000 },
    );
  });
});
