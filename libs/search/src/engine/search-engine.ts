import type { SearchDocument } from './search-document';
import type { SearchQuery } from '../query/query';

/** Only documents that agree are found. */
export interface SearchFilters {
  readonly official?: boolean;
  readonly automated?: boolean;
  /** The least number of stars. */
  readonly stars?: number;
  readonly namespace?: string;
}

/** By what hits are ordered; each downwards. */
export type SearchOrder = 'relevance' | 'stars' | 'pulls' | 'updated';

/** Who searches: public repositories are found by everybody, private ones of these namespaces besides. */
export interface Viewer {
  readonly namespaces: readonly string[];
  /** Where given, of the private ones only those whose `ns/name` one of these matches, as access tokens have them. */
  readonly patterns?: readonly string[];
}

/** What an engine is asked. The query is never empty. */
export interface CandidateRequest {
  readonly query: SearchQuery;
  readonly filters: SearchFilters;
  readonly order: SearchOrder;
  readonly viewer: Viewer;
  readonly limit: number;
  /** True when nobody asks how many there are: any total will do. */
  readonly skipCount?: boolean;
  /** Similar names are wanted unless a document has so much renown; an engine that has them at hand answers them at once. */
  readonly suggestBelow?: number;
}

/** What an engine answers: documents in no order, and how many there are, counted up to `resultWindow`. */
export interface Candidates {
  readonly documents: readonly SearchDocument[];
  readonly total: number;
  /** What `similar` would answer, where it was found on the way. */
  readonly similar?: readonly SimilarName[];
}

/** A name that exists, near to one that was typed. */
export interface SimilarName {
  readonly name: string;
  /** Letters that differ. */
  readonly edits: number;
}

/** So many hits can be reached by paging, and so far they are counted: nobody reads page 41, and counting costs. */
export const resultWindow = 1000;

/**
 * The port to whatever holds the search documents. Engines retrieve, they do not rank: every document that can be
 * among the first `limit` of the order must be among the candidates. What a viewer may not see is neither among them
 * nor counted. search-engine.contract.ts is the specification that every engine passes.
 */
export abstract class SearchEngine {
  abstract candidates(wanted: CandidateRequest): Promise<Candidates>;

  /**
   * Names of popular public repositories that the text may be a misspelling of, likeliest first. A name may be one
   * that is found no more. An engine that forgives misspellings by itself knows none.
   */
  similar(_text: string): Promise<readonly SimilarName[]> {
    return Promise.resolve([]);
  }

  /** Adds or replaces documents, unless a newer version of one is there already. Found when the promise resolves. */
  abstract put(documents: readonly SearchDocument[]): Promise<void>;

  /** Takes documents out; unknown ids are fine. */
  abstract remove(ids: readonly string[]): Promise<void>;

  /** Ids of the documents held, ascending, after `after`: what a rebuild compares with the truth. */
  abstract ids(after: string, limit: number): Promise<string[]>;
}
