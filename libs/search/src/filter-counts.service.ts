import { foldCase } from '@central-index/naming';
import { Injectable } from '@nestjs/common';
import { SearchEngine, type FilterCounts, type SearchFilters } from './engine/search-engine';
import { parseQuery } from './query/query';
import type { SearchRequest } from './search-page';

/** A filter whose values are counted. */
export type CountedFilter = Exclude<keyof SearchFilters, 'namespace'>;

/** What each filter would leave: counted under all other filters, but not under itself. */
export type CountsByFilter = Readonly<Record<CountedFilter, FilterCounts>>;

const countedFilters: readonly CountedFilter[] = [
  'official',
  'automated',
  'stars',
  'kind',
  'os',
  'architecture',
];

/** Counts what a search finds by what it can be filtered by. Corrections of misspelt queries are not counted. */
@Injectable()
export class FilterCountsService {
  constructor(private readonly engine: SearchEngine) {}

  /** The counts for each filter: one statement, and one more for each filter that is set. */
  async count({
    q,
    filters = {},
    viewer,
  }: Pick<SearchRequest, 'q' | 'filters' | 'viewer'>): Promise<CountsByFilter> {
    const query = parseQuery(q);
    const namespace = filters.namespace === undefined ? undefined : foldCase(filters.namespace);
    const countWith = (set: SearchFilters): Promise<FilterCounts> =>
      this.engine.counts({ query, viewer, filters: { ...set, namespace } });
    const all = countWith(filters);
    const counts = await Promise.all(
      countedFilters.map(async (name) => [
        name,
        await (filters[name] === undefined ? all : countWith({ ...filters, [name]: undefined })),
      ]),
    );
    return Object.fromEntries(counts) as CountsByFilter;
  }
}
