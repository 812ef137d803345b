import assert from 'node:assert/strict';
import { describe, it } from '@jest/globals';
import { FullTotals } from './full-totals';
import { resultWindow, type CandidateRequest } from '../../engine/search-engine';
import { parseQuery } from '../../query/query';

const request = (q: string, other: Partial<CandidateRequest> = {}): CandidateRequest => ({
  query: parseQuery(q),
  filters: {},
  order: 'relevance',
  viewer: { namespaces: [] },
  limit: 25,
  ...other,
});
const owner = { viewer: { namespaces: ['alice'] } };

/** What is requested after a search has counted a number of documents, and the total that is known then. */
const cases: [string, CandidateRequest, number, CandidateRequest, number | undefined][] = [
  ['twice the window', request('app'), 2 * resultWindow, request('app'), resultWindow],
  ['twice the window, for an owner', request('app'), 2 * resultWindow, request('app', owner), resultWindow],
  ['fewer', request('app'), 2 * resultWindow - 1, request('app'), undefined],
  ['another query', request('app'), 2 * resultWindow, request('web'), undefined],
  ['counted for an owner', request('app', owner), 2 * resultWindow, request('app'), undefined],
  ['several words', request('app web'), 2 * resultWindow, request('app web'), undefined],
  ['a filter', request('app'), 2 * resultWindow, request('app', { filters: { stars: 1 } }), undefined],
  [
    'an absent filter',
    request('app'),
    2 * resultWindow,
    request('app', { filters: { stars: undefined } }),
    resultWindow,
  ],
  [
    'counted with a filter',
    request('app', { filters: { official: false } }),
    2 * resultWindow,
    request('app'),
    undefined,
  ],
  ['another order', request('app'), 2 * resultWindow, request('app', { order: 'stars' }), undefined],
];

describe('full totals', () => {
  for (const [name, searched, counted, next, expected] of cases) {
    it(`are ${expected === undefined ? 'unknown' : 'known'}: ${name}`, () => {
      const totals = new FullTotals();
      totals.learn(searched, counted);
      assert.equal(totals.find(next), expected);
    });
  }
});
