import type { Rating } from './ranking/scorer';
import type { SearchDocument } from './engine/search-document';
import { resultWindow, type SearchFilters, type SearchOrder, type Viewer } from './engine/search-engine';

/** A search, as the surfaces request it. */
export interface SearchRequest {
  /** The query text; any text is allowed. */
  readonly q: string;
  /** The first page is 1. */
  readonly page: number;
  /** Where the page begins in the results, counted from 0, if that is not where the pages before it end. */
  readonly start?: number;
  readonly perPage: number;
  readonly filters?: SearchFilters;
  readonly sort?: SearchOrder;
  readonly viewer: Viewer;
}

/** A repository that a search has found. */
export type SearchHit = Omit<SearchDocument, 'id' | 'platforms' | 'imageText' | 'popularity' | 'version'>;

/** One page of the results. Results beyond the first 1,000 are neither counted nor shown. */
export interface SearchPage {
  readonly items: readonly SearchHit[];
  readonly total: number;
  /** False when counting stopped at a bound, so that more may match. */
  readonly totalIsExact: boolean;
  /** Where the next page begins, counted from 0; undefined on the last one. */
  readonly nextStart?: number;
  readonly page: number;
  readonly perPage: number;
  /** A similar name that was searched too, because the query matches nothing popular. */
  readonly didYouMean?: string;
}

/** Positions of the page in the ranking, counted from 0: `start` inclusive, `end` exclusive. */
export function pageBounds(request: SearchRequest): { start: number; end: number } {
  const { page, perPage } = request;
  const start = Math.min(request.start ?? (page - 1) * perPage, resultWindow);
  return { start, end: Math.min(start + perPage, resultWindow) };
}

/** Cuts the requested page out of a ranking. `found.isPartial`: not all documents that match were counted. */
export function pageOf(
  request: SearchRequest,
  ratings: readonly Rating[],
  found: { readonly total: number; readonly isPartial: boolean },
): SearchPage {
  const { page, perPage, sort = 'relevance' } = request;
  const total = Math.min(found.total, resultWindow);
  const { start, end } = pageBounds(request);
  const correctedTo =
    sort === 'relevance'
      ? ratings.find((rating) => rating.correctedTo !== undefined)?.correctedTo
      : undefined;
  return {
    items: ratings.slice(start, end).map(({ document }) => hit(document)),
    total,
    totalIsExact: total < resultWindow && !found.isPartial,
    ...(end < total ? { nextStart: end } : {}),
    page: request.start === undefined ? page : Math.floor(request.start / perPage) + 1,
    perPage,
    ...(correctedTo === undefined ? {} : { didYouMean: correctedTo }),
  };
}

/** The part of a document that is shown. Copying fields takes a tenth of the time of a rest pattern. */
export function hit(document: SearchDocument): SearchHit {
  const { namespace, name, official, automated, kinds, description, stars, pulls } = document;
  return {
    namespace,
    name,
    official,
    automated,
    private: document.private,
    kinds,
    description,
    stars,
    pulls,
    updatedAt: document.updatedAt,
    pushedAt: document.pushedAt,
  };
}
