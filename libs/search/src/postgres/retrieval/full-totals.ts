import { LRUCache } from 'lru-cache';
import { maxCounted } from './candidates-sql';
import { resultWindow, type CandidateRequest } from '../../engine/search-engine';

// Within this time, the documents of a query do not become half as many: the total stays that of the window.
const cacheTtlMs = 60_000;
const maxCachedQueries = 10_000;

/**
 * Queries with so many documents that their totals are at the result window, whatever changes within a minute. They are
 * the short prefixes and common words for which counting is a third of a search.
 */
export class FullTotals {
  private readonly cache = new LRUCache<string, true>({ max: maxCachedQueries, ttl: cacheTtlMs });

  /** The total of a request that need not be counted; undefined for any other. */
  find(request: CandidateRequest): number | undefined {
    return isCountedOnly(request) && this.cache.get(request.query.text) ? resultWindow : undefined;
  }

  /** Records what a search has counted, up to `maxCounted`. */
  learn(request: CandidateRequest, counted: number): void {
    // Private documents are counted too, and only their owners have those.
    const isPublic = request.viewer.namespaces.length === 0;
    if (counted >= maxCounted && isPublic && isCountedOnly(request)) this.cache.set(request.query.text, true);
  }
}

// The documents of several words are read to be ranked, so their count costs little; filters have other totals.
function isCountedOnly({ query, filters, order }: CandidateRequest): boolean {
  const isFiltered = Object.values(filters).some((value) => value !== undefined);
  return query.words.length < 2 && !isFiltered && order === 'relevance';
}
