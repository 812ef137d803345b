import assert from 'node:assert/strict';
import { describe, it } from '@jest/globals';
import fc from 'fast-check';
import { candidatesStatement, writtenFor } from './candidates';
import { parseQuery } from '../../query/query';

const text = fc.oneof(
  fc.constantFrom(
    'redis',
    'alice/redis',
    'alice/',
    'a-very-long-name-of-an-image',
    'library/redis',
    '社区版',
  ),
  fc.constantFrom('base node', 'one two three', 'docker.io/alice/redis:7', 'redis.io/x', '%_\\', ''),
  fc
    .array(fc.constantFrom('a', 'bc', '-', '/', ' ', 'é', '中', "'"), { maxLength: 8 })
    .map((parts) => parts.join('')),
);
const names = fc.array(fc.constantFrom('alice', 'bob'), { maxLength: 2 });
const asked = fc
  .record({
    q: text,
    limit: fc.constantFrom(10, 25, 100),
    uncounted: fc.boolean(),
    similarBelow: fc.option(fc.constantFrom(5, 6), { nil: undefined }),
    namespaces: names,
    patterns: fc.option(names, { nil: undefined }),
    looksUpArrays: fc.boolean(),
    filters: fc.constantFrom({}, {}, { stars: 3 }, { official: true }, { namespace: 'alice' }),
  })
  .map(({ q, namespaces, patterns, looksUpArrays, ...rest }) => {
    const query = parseQuery(q);
    return {
      wanted: { ...rest, query, order: 'relevance' as const, viewer: { namespaces, patterns } },
      words: query.words,
      looksUpArrays,
    };
  });

describe('statements of searches', () => {
  it('are what would be written anew, though searches of one shape share their text', () => {
    fc.assert(
      fc.property(asked, (search) => {
        assert.deepEqual(candidatesStatement(search), writtenFor(search).bind(search));
      }),
      { numRuns: 5_000 },
    );
  });
});
