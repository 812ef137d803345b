import assert from 'node:assert/strict';
import { describe, it } from '@jest/globals';
import fc from 'fast-check';
import { buildTemplate, candidatesStatement } from './candidates';
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
const input = fc
  .record({
    q: text,
    limit: fc.constantFrom(10, 25, 100),
    skipCount: fc.boolean(),
    suggestBelow: fc.option(fc.constantFrom(5, 6), { nil: undefined }),
    namespaces: names,
    patterns: fc.option(names, { nil: undefined }),
    probesArrays: fc.boolean(),
    filters: fc.constantFrom({}, {}, { stars: 3 }, { official: true }, { namespace: 'alice' }),
  })
  .map(({ q, namespaces, patterns, probesArrays, ...rest }) => {
    const query = parseQuery(q);
    return {
      request: { ...rest, query, order: 'relevance' as const, viewer: { namespaces, patterns } },
      words: query.words,
      probesArrays,
    };
  });

describe('statements of searches', () => {
  it('equal the statement written for the search, although searches of one shape share a template', () => {
    fc.assert(
      fc.property(input, (search) => {
        assert.deepEqual(candidatesStatement(search), buildTemplate(search).bind(search));
      }),
      { numRuns: 5_000 },
    );
  });
});
