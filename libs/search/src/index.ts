// Search: what may be found of repositories, the engines that hold it, and the one ranking. It reads the truth from
// the repositories room and holds copies only; who may see what is told to it as namespaces. States no facts.
export { PostgresEngine } from './postgres.engine';
export { SearchModule } from './search.module';
export { SearchService } from './search.service';
export { SearchSync } from './search-sync.service';
export { SearchUpkeep } from './search-upkeep.service';
export { resultWindow } from './search-engine';
export type { RebuildProgress } from './search-sync.service';
export type { SearchDifference, SearchState } from './search-upkeep.service';
export type { Explanation } from './search.service';
export type { SearchHit, SearchPage, SearchRequest } from './search-page';
export type { SearchFilters, SearchOrder, Viewer } from './search-engine';
