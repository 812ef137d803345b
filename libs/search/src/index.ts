// Search of repositories: search documents derived from the repositories library, the engines that hold them, and one
// ranking for all engines. Callers state the namespaces whose private repositories a viewer may see. Emits no facts.
export { AnonymousSearch } from './anonymous-search';
export { PostgresEngine } from './postgres/postgres.engine';
export { SearchModule } from './search.module';
export { SearchService } from './search.service';
export { SearchSync } from './maintenance/search-sync.service';
export { SearchMaintenance } from './maintenance/search-maintenance.service';
export { resultWindow } from './engine/search-engine';
export type { RebuildProgress } from './maintenance/search-sync.service';
export type { SearchState } from './maintenance/search-status';
export type { SearchDifference } from './maintenance/search-maintenance.service';
export type { SearchExplanation } from './search.service';
export type { SearchHit, SearchPage, SearchRequest } from './search-page';
export { searchOrders } from './engine/search-engine';
export type { SearchFilters, SearchOrder, Viewer } from './engine/search-engine';
