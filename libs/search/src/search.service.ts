import { foldCase } from '@central-index/naming';
import { Injectable } from '@nestjs/common';
import { matches } from './ranking/query-matcher';
import { parseQuery, type SearchQuery } from './query/query';
import { compareIds, ordered, rank, rate, scoreCorrection, type Rating } from './ranking/scorer';
import {
  SearchEngine,
  type CandidateRequest,
  type SearchFilters,
  type SearchOrder,
  type SimilarName,
  type Viewer,
} from './engine/search-engine';
import { hit, pageBounds, pageOf, type SearchHit, type SearchPage, type SearchRequest } from './search-page';
import type { TextClass } from './ranking/text-classes';
import { prominence } from './ranking/weights';

/** How the results of a page were found, for tuning. */
export interface SearchExplanation {
  readonly query: SearchQuery;
  /** Number of documents that were ranked, before the page was cut out. */
  readonly candidates: number;
  readonly suggestions: readonly SimilarName[];
  /** The hits of the page, with their positions in the ranking. */
  readonly ratings: readonly (Rating & { readonly position: number })[];
}

/** Which completions: how many come before the page, 0 by default, and how many it has. */
export interface SuggestionRange {
  readonly start?: number;
  readonly limit: number;
}

/** Completions. `nextStart` is the start of the page after these, if there is one. */
export interface SuggestionPage {
  readonly items: readonly SearchHit[];
  readonly nextStart?: number;
}

interface RankedResult {
  readonly query: SearchQuery;
  readonly ratings: readonly Rating[];
  readonly total: number;
  readonly isPartial: boolean;
  readonly similar: readonly SimilarName[];
}

// If one of the first hits is found by its name and has this prominence, the query is taken as spelt correctly. It is
// about the prominence of an official repository with one star.
const strongProminence = 6;
const strongPositions = 5;
const weakClasses: readonly TextClass[] = ['description', 'secondary'];
const maxCorrections = 2;
const hitsPerCorrection = 10;
// As many as a search lists.
const maxSuggestions = 1_000;

/** Finds repositories. An empty query with filters or an order lists all that pass; alone it finds none. */
@Injectable()
export class SearchService {
  constructor(private readonly engine: SearchEngine) {}

  /** One page of results. Pages are consistent with each other as long as no document changes. */
  async search(request: SearchRequest): Promise<SearchPage> {
    const result = await this.find(request);
    return pageOf(request, result.ratings, result);
  }

  /** One page of results, and how they were found. */
  async explain(request: SearchRequest): Promise<{ page: SearchPage; explanation: SearchExplanation }> {
    const result = await this.find(request);
    const { query, ratings, similar } = result;
    const { start, end } = pageBounds(request);
    return {
      page: pageOf(request, ratings, result),
      explanation: {
        query,
        candidates: ratings.length,
        suggestions: similar,
        ratings: ratings
          .slice(start, end)
          .map((rating, index) => ({ ...rating, position: start + index + 1 })),
      },
    };
  }

  /** Repositories whose names begin with the text, best first: completions for a search box. */
  async suggest(
    text: string,
    viewer: Viewer,
    { start = 0, limit }: SuggestionRange,
  ): Promise<SuggestionPage> {
    const parsed = parseQuery(text);
    if (start >= maxSuggestions || (parsed.name === undefined && parsed.namespace === undefined)) {
      return { items: [] };
    }
    const end = Math.min(start + limit, maxSuggestions);
    const query = { ...parsed, words: [], alternates: [] };
    const { documents } = await this.engine.candidates({
      query,
      filters: {},
      order: 'relevance',
      viewer,
      limit: end + 1,
      skipCount: true,
    });
    const ranked = rank(query, documents);
    return {
      items: ranked.slice(start, end).map(hit),
      ...(ranked.length > end && end < maxSuggestions && { nextStart: end }),
    };
  }

  private async find(request: SearchRequest): Promise<RankedResult> {
    const query = parseQuery(request.q);
    const { filters = {}, sort: order = 'relevance', viewer } = request;
    const isBrowsing = request.q.trim() === '' && (order !== 'relevance' || !isEmpty(filters));
    if (query.text === '' && !isBrowsing) {
      return { query, ratings: [], total: 0, isPartial: false, similar: [] };
    }
    const { start, end } = pageBounds(request);
    const limit = start < end ? end : 1;
    const candidateRequest = {
      query,
      filters: {
        ...filters,
        // All documents have no star or more: without a filter, the statement is a common one.
        stars: filters.stars === 0 ? undefined : filters.stars,
        // Namespaces have lower-case names.
        namespace: filters.namespace === undefined ? undefined : foldCase(filters.namespace),
      },
      order,
      viewer,
      limit: Math.max(limit, strongPositions),
    };
    const mayCorrect = order === 'relevance' && isCorrectable(query);
    const candidates = await this.engine.candidates(
      mayCorrect ? { ...candidateRequest, suggestBelow: strongProminence } : candidateRequest,
    );
    const { documents, total, isPartial = false } = candidates;
    const ratings = documents.map((document) => rate(query, document));
    const counted = { query, total, isPartial, similar: [] };
    if (order !== 'relevance') return { ...counted, ratings: sorted(ratings, order) };
    const direct = { ...counted, ratings: ordered(ratings) };
    if (!mayCorrect || hasStrongHit(direct.ratings)) return direct;
    const names = candidates.similar ?? (await this.engine.similar(query.text));
    const similar = names.slice(0, maxCorrections);
    if (similar.length === 0) return direct;
    return merge({ ...direct, similar }, await this.searchSimilar(candidateRequest, similar));
  }

  private async searchSimilar(request: CandidateRequest, similar: readonly SimilarName[]): Promise<Rating[]> {
    const ratings = await Promise.all(
      similar.map(async (name) => {
        const query = parseQuery(name.name);
        const { documents } = await this.engine.candidates({
          ...request,
          query,
          limit: hitsPerCorrection,
          skipCount: true,
        });
        const scored = documents.map((document) => scoreCorrection(name, query, document));
        return ordered(scored).slice(0, hitsPerCorrection);
      }),
    );
    return ratings.flat();
  }
}

function isEmpty(filters: SearchFilters): boolean {
  return Object.values(filters).every((value) => value === undefined);
}

// Several words and `namespace/name` are not corrected: it is unknown which part is misspelt.
function isCorrectable({ name, namespace }: SearchQuery): boolean {
  return name !== undefined && namespace === undefined;
}

function hasStrongHit(ratings: readonly Rating[]): boolean {
  return ratings
    .slice(0, strongPositions)
    .some(
      ({ textClass, document }) =>
        !weakClasses.includes(textClass) && prominence(document) >= strongProminence,
    );
}

// A document counts with its better score. Documents that match the original query are in the total already.
function merge(direct: RankedResult, corrected: readonly Rating[]): RankedResult {
  const best = new Map(direct.ratings.map((rating) => [rating.document.id, rating]));
  const added = new Set<string>();
  for (const rating of corrected) {
    const { id } = rating.document;
    const known = best.get(id);
    if (known === undefined || known.score < rating.score) best.set(id, rating);
    if (known === undefined && !matches(direct.query, rating.document)) added.add(id);
  }
  return { ...direct, ratings: ordered([...best.values()]), total: direct.total + added.size };
}

function sorted(ratings: readonly Rating[], order: Exclude<SearchOrder, 'relevance'>): Rating[] {
  const value = ({ document }: Rating): number => {
    if (order === 'updated') return document.updatedAt.getTime();
    return order === 'pushed' ? (document.pushedAt?.getTime() ?? -Infinity) : document[order];
  };
  const descending = (a: number, b: number): number => (a === b ? 0 : a > b ? -1 : 1);
  return [...ratings].sort(
    (a, b) => descending(value(a), value(b)) || compareIds(a.document.id, b.document.id),
  );
}
