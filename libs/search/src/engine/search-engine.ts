import type { ImageKind } from '@central-index/repositories';
import type { SearchDocument } from './search-document';
import type { SearchQuery } from '../query/query';

/** Conditions that every result meets. */
export interface SearchFilters {
  readonly official?: boolean;
  readonly automated?: boolean;
  /** The minimum number of stars. */
  readonly stars?: number;
  readonly namespace?: string;
  /** A kind of what can be pulled. */
  readonly kind?: ImageKind;
  /** An operating system that a version runs on. */
  readonly os?: string;
  /** A processor architecture that a version runs on; with `os`, of the same platform. */
  readonly architecture?: string;
}

/** What hits can be sorted by. */
export const searchOrders = ['relevance', 'stars', 'pulls', 'updated', 'pushed'] as const;
/** What hits are sorted by, always in descending order; without a known push last. */
export type SearchOrder = (typeof searchOrders)[number];

/** Who searches. Every viewer finds public repositories; this one also finds private ones of these namespaces. */
export interface Viewer {
  readonly namespaces: readonly string[];
  /** If set, private repositories are found only if one of these patterns, as in access tokens, matches `ns/name`. */
  readonly patterns?: readonly string[];
}

/** A request for candidates. An empty query asks for all documents. */
export interface CandidateRequest {
  readonly query: SearchQuery;
  readonly filters: SearchFilters;
  readonly order: SearchOrder;
  readonly viewer: Viewer;
  readonly limit: number;
  /** True when the caller does not use the total: any number will do. */
  readonly skipCount?: boolean;
  /**
   * Similar names are needed unless a document has at least this prominence. An engine that can find them in the same
   * round trip returns them.
   */
  readonly suggestBelow?: number;
}

/** What an engine returns: documents in no particular order, and how many match, counted up to `resultWindow`. */
export interface Candidates {
  readonly documents: readonly SearchDocument[];
  readonly total: number;
  /** True if not all documents that match were counted, because the engine reads no more of long lists. */
  readonly isPartial?: boolean;
  /** What `similar` would return, if the engine has found it already. */
  readonly similar?: readonly SimilarName[];
}

/** A request for the numbers of documents by what they can be filtered by. */
export type CountRequest = Pick<CandidateRequest, 'query' | 'filters' | 'viewer'>;

/** How many of the best documents of a search, `countedWindow` at most, have which property. */
export interface FilterCounts {
  readonly documents: number;
  readonly official: number;
  readonly automated: number;
  readonly kinds: Readonly<Record<string, number>>;
  readonly systems: Readonly<Record<string, number>>;
  readonly architectures: Readonly<Record<string, number>>;
  /** Documents with at least as many stars as each of `starSteps`. */
  readonly stars: readonly number[];
  /** False if there are more documents than were counted. */
  readonly isExact: boolean;
}

/** How many documents are counted by what they can be filtered by: about as many as cost what a page costs. */
export const countedWindow = 250;

/** The numbers of stars by which documents are counted. */
export const starSteps = [1, 10, 100, 1_000] as const;

/** An existing name that resembles the text of a query. */
export interface SimilarName {
  readonly name: string;
  /** The number of letters that differ. */
  readonly edits: number;
}

/** How many hits are counted and can be reached by paging: counting more costs time, and users do not read page 41. */
export const resultWindow = 1000;

/**
 * The port to the engines that store search documents. Engines retrieve, they do not rank: every document that can be
 * among the first `limit` of the order is among the candidates. Documents that the viewer may not see are neither
 * returned nor counted. test/contracts/search-engine.contract.ts is the specification that every engine passes.
 */
export abstract class SearchEngine {
  /** Retrieves the documents from which a page is ranked. */
  abstract candidates(request: CandidateRequest): Promise<Candidates>;

  /**
   * Counts the best documents that match, up to `countedWindow`, by what they can be filtered by. Only numbers are
   * returned, so that this costs less than a page of the same documents.
   */
  abstract counts(request: CountRequest): Promise<FilterCounts>;

  /**
   * Names of popular public repositories that the text may be a misspelling of, likeliest first. A name may belong to
   * repositories that are no longer found. An engine that tolerates misspellings by itself returns none.
   */
  similar(_text: string): Promise<readonly SimilarName[]> {
    return Promise.resolve([]);
  }

  /** Inserts or replaces documents unless a stored one is newer. They are found when the promise resolves. */
  abstract put(documents: readonly SearchDocument[]): Promise<void>;

  /** Deletes documents; unknown ids are ignored. */
  abstract remove(ids: readonly string[]): Promise<void>;

  /** Ids of the stored documents after `after`, ascending: what a rebuild compares with the repositories. */
  abstract ids(after: string, limit: number): Promise<string[]>;
}
