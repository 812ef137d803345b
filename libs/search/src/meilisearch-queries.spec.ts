import fc from 'fast-check';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MeilisearchQueries } from './meilisearch-queries';
import { parseQuery } from './query';

const name = '"[a-z0-9][a-z0-9._-]*"';
const condition = new RegExp(
  `^(?:id = 0|id NOT IN \\[[1-9]\\d*(?:,[1-9]\\d*)*\\]|(?:namespace|repo) = ${name}|repo STARTS WITH ${name}|` +
    `(?:official|automated) = (?:true|false)|official = true AND official = false|(?:stars|popularity) >= \\d+)$`,
);
// Phrases of letters and digits, or one bare word that is looked for by its spelling.
const asked = /^(?:"[\p{L}\p{N}\p{M}]+"(?: "[\p{L}\p{N}\p{M}]+")*|zq[a-z0-9]+)$/u;

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
      fc.property(text, filters, fc.array(fc.nat(99), { maxLength: 3 }), (typed, filters, ids) => {
        const query = parseQuery(typed);
        const order = 'relevance';
        const wanted = { query, filters, order, viewer: { namespaces: [] }, limit: 25 } as const;
        const unconfirmed = ids.map((id) => String(id + 1));
        const queries = new MeilisearchQueries(wanted, unconfirmed);
        // Before the others it would tell of an index that may be emptied until they are made.
        assert.deepEqual(queries.list.at(-1), { filter: ['id = 0'], limit: 1 });
        const spelling = queries.spelling(unconfirmed);
        for (const { q, filter } of [...queries.list, ...(spelling === undefined ? [] : [spelling])]) {
          if (typeof q === 'string') assert.match(q, asked);
          for (const one of filter ?? []) assert.match(one, condition);
          // Without words and without a name it would give everything.
          assert.ok(
            typeof q === 'string' || (filter ?? []).some((one) => /^(?:id|namespace|repo) /.test(one)),
          );
        }
      }),
      { numRuns: 100_000 },
    );
  });
});
