// Search of repositories: search documents derived from the repositories library, the engines that hold them, and one
// ranking for all engines. Callers state the namespaces whose private repositories a viewer may see. Emits no facts.
export { AnonymousSearch } from './anonymous-search';
export { FilterCountsService } from './filter-counts.service';
export type { CountedFilter, CountsByFilter } from './filter-counts.service';
export { PostgresEngine } from './postgres/postgres.engine';
export { SearchModule } from './search.module';
export { SearchService } from './search.service';
export { SearchSync } from './maintenance/search-sync.service';
export { SearchMaintenance } from './maintenance/search-maintenance.service';
export { resultWindow, starSteps } from './engine/search-engine';
export type { FilterCounts } from './engine/search-engine';
export type { TextClass } from './ranking/text-classes';
export type { RebuildProgress } from './maintenance/search-sync.service';
export type { SearchState } from './maintenance/search-status';
export type { SearchDifference } from './maintenance/search-maintenance.service';
export type { SearchExplanation } from './search.service';
export type { SearchHit, SearchPage, SearchRequest } from './search-page';
export { searchOrders } from './engine/search-engine';
export type { SearchFilters, SearchOrder, Viewer } from './engine/search-engine';
