import { Injectable } from '@nestjs/common';
import { parseQuery } from './query';
import { compareIds, rank } from './scorer';
import type { SearchDocument } from './search-document';
import {
  resultWindow,
  SearchEngine,
  type SearchFilters,
  type SearchOrder,
  type Viewer,
} from './search-engine';

/** A search as a surface asks it. */
export interface SearchRequest {
  /** As typed; anything is allowed. */
  readonly q: string;
  /** From 1. */
  readonly page: number;
  readonly perPage: number;
  readonly filters?: SearchFilters;
  readonly sort?: SearchOrder;
  readonly viewer: Viewer;
}

/** One repository that was found. */
export type SearchHit = Omit<SearchDocument, 'id' | 'popularity' | 'version'>;

/** One page of what was found. `total` is exact up to 1,000, which is also as far as pages reach. */
export interface SearchPage {
  readonly items: readonly SearchHit[];
  readonly total: number;
  readonly page: number;
  readonly perPage: number;
}

/** Finds repositories. An empty query finds nothing. */
@Injectable()
export class SearchService {
  constructor(private readonly engine: SearchEngine) {}

  /** Answers one page. Pages fit together as long as nothing changes between them. */
  async search(request: SearchRequest): Promise<SearchPage> {
    const { page, perPage, filters = {}, sort: order = 'relevance', viewer } = request;
    const query = parseQuery(request.q);
    if (query.text === '') return { items: [], total: 0, page, perPage };

    const start = Math.min((page - 1) * perPage, resultWindow);
    const end = Math.min(start + perPage, resultWindow);
    const limit = start < end ? end : 1;
    const { documents, total } = await this.engine.candidates({ query, filters, order, viewer, limit });
    const ordered = order === 'relevance' ? rank(query, documents) : sorted(documents, order);
    return { items: ordered.slice(start, end).map(hit), total: Math.min(total, resultWindow), page, perPage };
  }
}

function sorted(
  documents: readonly SearchDocument[],
  order: Exclude<SearchOrder, 'relevance'>,
): SearchDocument[] {
  const value = (document: SearchDocument): number =>
    order === 'updated' ? document.updatedAt.getTime() : document[order];
  return [...documents].sort((a, b) => value(b) - value(a) || compareIds(a.id, b.id));
}

function hit(document: SearchDocument): SearchHit {
  const { id: _id, popularity: _popularity, version: _version, ...shown } = document;
  return shown;
}
