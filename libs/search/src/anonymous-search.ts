import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '@central-index/platform/config';
import { ChangeListener } from '@central-index/platform/database';
import type { Viewer } from './engine/search-engine';
import { FilterCountsService, type CountsByFilter } from './filter-counts.service';
import type { SearchPage, SearchRequest } from './search-page';
import { SearchService, type SuggestionPage, type SuggestionRange } from './search.service';
import { SharedResults } from './shared-results';

// Numbers need not be as new as results.
const countsTtlMs = 10_000;
const viewer: Viewer = { namespaces: [] };

/**
 * Searches of callers who are not signed in. All of them may see the same, so those who search for the same within a
 * quarter of a second share one result: many searches for one word cost the database one.
 */
@Injectable()
export class AnonymousSearch {
  private readonly pages: SharedResults<SearchPage>;
  private readonly suggestions: SharedResults<SuggestionPage>;
  private readonly filterCounts: SharedResults<CountsByFilter>;

  constructor(
    private readonly searches: SearchService,
    private readonly counts: FilterCountsService,
    changes: ChangeListener,
    @Inject(CONFIG) { searchCacheMs }: Config,
  ) {
    this.pages = new SharedResults(changes, searchCacheMs);
    this.suggestions = new SharedResults(changes, searchCacheMs);
    this.filterCounts = new SharedResults(changes, searchCacheMs === 0 ? 0 : countsTtlMs);
  }

  /** One page of public results, as it was at most 250 ms ago. */
  search({ q, page, start, perPage, sort, filters }: Omit<SearchRequest, 'viewer'>): Promise<SearchPage> {
    const request = { q, page, start, perPage, sort, filters };
    return this.pages.find(JSON.stringify(request), () => this.searches.search({ ...request, viewer }));
  }

  /** What each filter would leave of the public results, as it was at most ten seconds ago. */
  count({ q, filters }: Pick<SearchRequest, 'q' | 'filters'>): Promise<CountsByFilter> {
    const key = JSON.stringify([q, filters]);
    return this.filterCounts.find(key, () => this.counts.count({ q, filters, viewer }));
  }

  /** Completions among public names, as they were at most 250 ms ago. */
  suggest(text: string, range: SuggestionRange): Promise<SuggestionPage> {
    return this.suggestions.find(JSON.stringify([text, range]), () =>
      this.searches.suggest(text, viewer, range),
    );
  }
}
