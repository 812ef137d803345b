import { platformTerm } from './statement-params';
import type { Bind, ParamSource } from './statement';
import { idSql, lastRankKeyOf } from '../storage/terms';
import { requiredPlatform } from '../../engine/platforms';
import type { SearchFilters } from '../../engine/search-engine';
import { weights } from '../../ranking/weights';

/** A condition on search_document as `document`. */
export type Condition = (bind: Bind) => string;

/** What restricts the documents of a list. */
export interface Filters {
  readonly condition: Condition;
  /** No document after this rank key can pass. */
  readonly maxRankKey?: ParamSource;
}

/** The filters of a search except that of a namespace; undefined when every document passes. */
export function filtersFor(filters: SearchFilters): Filters | undefined {
  const { namespace: _, ...others } = filters;
  if (Object.values(others).every((value) => value === undefined)) return undefined;
  const condition: Condition = (bind) => filtersSql(bind, filters);
  if (minPopularity(filters) <= 0) return { condition };
  return { condition, maxRankKey: ({ request }) => lastRankKeyOf(minPopularity(request.filters)) };
}

// Stars are a part of popularity, so documents with less of it are not read.
function minPopularity({ stars }: SearchFilters): number {
  return stars === undefined ? 0 : weights.stars * Math.log1p(stars);
}

/** Condition on search_document: it passes the filters, except that of a namespace. */
export function filtersSql(bind: Bind, filters: SearchFilters): string {
  const { official, automated, stars, kind } = filters;
  const conditions = ['true'];
  if (official !== undefined) conditions.push(official ? 'official' : 'not official');
  if (automated !== undefined) conditions.push(automated ? 'automated' : 'not automated');
  if (stars !== undefined) conditions.push(`stars >= ${bind(({ request }) => request.filters.stars)}`);
  if (kind !== undefined) conditions.push(`${bind(({ request }) => request.filters.kind)} = any(kinds)`);
  if (requiredPlatform(filters) !== undefined) conditions.push(`${bind(platformTerm)} = any(document.terms)`);
  return conditions.join(' and ');
}

/** Condition on `rank_key`, to append to others: the document may pass the filters. */
export function rankKeyBound(bind: Bind, filters?: Filters): string {
  return filters?.maxRankKey === undefined ? '' : ` and rank_key <= ${bind(filters.maxRankKey)}`;
}

/** A join that keeps the rows of `posting` whose documents pass the filters. */
export function filterJoin(bind: Bind, filters?: Filters): string {
  if (filters === undefined) return '';
  return `cross join lateral (
    select from search_document as document
    where repository_id = ${idSql('posting.rank_key')} and ${filters.condition(bind)} limit 1) as passing`;
}
