// Search: what may be found of repositories, the engines that hold it, and the one ranking. It reads the truth from
// the repositories room and holds copies only; who may see what is told to it as namespaces. States no facts.
export { PostgresEngine } from './postgres/postgres.engine';
export { SearchModule } from './search.module';
export { SearchService } from './search.service';
export { SearchSync } from './maintenance/search-sync.service';
export { SearchMaintenance } from './maintenance/search-maintenance.service';
export { resultWindow } from './engine/search-engine';
export type { RebuildProgress } from './maintenance/search-sync.service';
export type { SearchDifference, SearchState } from './maintenance/search-maintenance.service';
export type { SearchExplanation } from './search.service';
export type { SearchHit, SearchPage, SearchRequest } from './search-page';
export type { SearchFilters, SearchOrder, Viewer } from './engine/search-engine';
