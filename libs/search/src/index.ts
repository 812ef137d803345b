// Search: what may be found of repositories, the engine that holds it, and the one ranking. It reads the truth from
// the repositories room and holds copies only; who may see what is told to it as namespaces. States no facts.
export { PostgresEngine } from './postgres.engine';
export { SearchService } from './search.service';
export { resultWindow } from './search-engine';
export type { SearchHit, SearchPage, SearchRequest } from './search.service';
export type { SearchFilters, SearchOrder, Viewer } from './search-engine';
