import { Injectable } from '@nestjs/common';
import { matches } from './ranking/query-matcher';
import { parseQuery, type SearchQuery } from './query/query';
import { compareIds, ordered, rank, rate, scoreCorrection, type Rating } from './ranking/scorer';
import {
  SearchEngine,
  type CandidateRequest,
  type SearchOrder,
  type SimilarName,
  type Viewer,
} from './engine/search-engine';
import { extentOf, hit, pageOf, type SearchHit, type SearchPage, type SearchRequest } from './search-page';
import { prominence } from './ranking/weights';

/** How a page came about, for those who tune. */
export interface SearchExplanation {
  readonly query: SearchQuery;
  /** How many documents the engine gave, before the page was cut. */
  readonly candidates: number;
  readonly suggestions: readonly SimilarName[];
  /** The hits of the page, with their rank keys in the whole ranking; none in orders other than relevance. */
  readonly ratings: readonly (Rating & { readonly position: number })[];
}

interface Found {
  readonly query: SearchQuery;
  readonly ratings: readonly Rating[];
  readonly total: number;
  readonly similar: readonly SimilarName[];
}

// A hit by a name with so much renown is what was correctedTo: about what an official repository with a star has.
const strongProminence = 6;
const strongPlaces = 5;
// Names that are tried when spelling may be wrong, and hits of each.
const namesTried = 2;
const hitsOfName = 10;

/** Finds repositories. An empty query finds nothing. */
@Injectable()
export class SearchService {
  constructor(private readonly engine: SearchEngine) {}

  /** Answers one page. Pages fit together as long as nothing changes between them. */
  async search(request: SearchRequest): Promise<SearchPage> {
    const { ratings, total } = await this.find(request);
    return pageOf(request, ratings, total);
  }

  /** Answers one page and tells how it came about. */
  async explain(request: SearchRequest): Promise<{ page: SearchPage; explanation: SearchExplanation }> {
    const found = await this.find(request);
    const { query, ratings, similar, total } = found;
    const { start, end } = extentOf(request);
    const shown = ratings.slice(start, end);
    return {
      page: pageOf(request, ratings, total),
      explanation: {
        query,
        candidates: ratings.length,
        suggestions: similar,
        ratings: shown.map((rating, index) => ({ ...rating, position: start + index + 1 })),
      },
    };
  }

  /** Names that begin with what was typed so far, the most popular first: what a search box offers. */
  async suggest(typed: string, viewer: Viewer, limit: number): Promise<SearchHit[]> {
    const { paths, ...query } = parseQuery(typed);
    if (query.name === undefined && query.namespace === undefined) return [];
    const named = { ...query, paths, words: [] };
    const { documents } = await this.engine.candidates({
      query: named,
      filters: {},
      order: 'relevance',
      viewer,
      limit,
      skipCount: true,
    });
    return rank(named, documents).slice(0, limit).map(hit);
  }

  private async find(request: SearchRequest): Promise<Found> {
    const query = parseQuery(request.q);
    if (query.text === '') return { query, ratings: [], total: 0, similar: [] };
    const { start, end } = extentOf(request);
    const limit = start < end ? end : 1;
    const { filters = {}, sort: order = 'relevance', viewer } = request;
    const wanted = { query, filters, order, viewer, limit: Math.max(limit, strongPlaces) };
    const isSpelt = order === 'relevance' && isSpellable(query);
    const found = await this.engine.candidates(
      isSpelt ? { ...wanted, suggestBelow: strongProminence } : wanted,
    );
    const { documents, total } = found;
    const ratings = documents.map((document) => rate(query, document));
    if (order !== 'relevance') return { query, ratings: sorted(ratings, order), total, similar: [] };
    const direct = ordered(ratings);
    if (!isSpelt || isSure(direct)) return { query, ratings: direct, total, similar: [] };
    const similar = (found.similar ?? (await this.engine.similar(query.text))).slice(0, namesTried);
    if (similar.length === 0) return { query, ratings: direct, total, similar };
    const meant = await this.corrections(wanted, similar);
    return merged(query, direct, total, meant, similar);
  }

  private async corrections(wanted: CandidateRequest, similar: readonly SimilarName[]): Promise<Rating[]> {
    const found = await Promise.all(
      similar.map(async (name) => {
        const query = parseQuery(name.name);
        const { documents } = await this.engine.candidates({
          ...wanted,
          query,
          limit: hitsOfName,
          skipCount: true,
        });
        return ordered(documents.map((document) => scoreCorrection(name, query, document))).slice(
          0,
          hitsOfName,
        );
      }),
    );
    return found.flat();
  }
}

// Several words and `ns/name` are not corrected: nobody knows which part is wrong.
function isSpellable({ name, namespace }: SearchQuery): boolean {
  return name !== undefined && namespace === undefined;
}

function isSure(ratings: readonly Rating[]): boolean {
  return ratings
    .slice(0, strongPlaces)
    .some(
      ({ textClass, document }) => textClass !== 'description' && prominence(document) >= strongProminence,
    );
}

// A document counts by its best reading. What answers the text as typed, or was forgiven by the engine, is in the total
// already.
function merged(
  query: SearchQuery,
  direct: readonly Rating[],
  total: number,
  corrected: readonly Rating[],
  similar: readonly SimilarName[],
): Found {
  const best = new Map(direct.map((rating) => [rating.document.id, rating]));
  const added = new Set<string>();
  for (const rating of corrected) {
    const { id } = rating.document;
    const known = best.get(id);
    if (known === undefined || known.score < rating.score) best.set(id, rating);
    if (known === undefined && !matches(query, rating.document)) added.add(id);
  }
  return { query, ratings: ordered([...best.values()]), total: total + added.size, similar };
}

function sorted(ratings: readonly Rating[], order: Exclude<SearchOrder, 'relevance'>): Rating[] {
  const value = ({ document }: Rating): number =>
    order === 'updated' ? document.updatedAt.getTime() : document[order];
  return [...ratings].sort((a, b) => value(b) - value(a) || compareIds(a.document.id, b.document.id));
}
