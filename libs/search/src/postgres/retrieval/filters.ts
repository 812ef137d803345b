import type { Bind, ParamSource } from './statement';
import { idSql, lastRankKeyOf } from '../storage/terms';
import type { SearchFilters } from '../../engine/search-engine';
import { weights } from '../../ranking/weights';

/** A condition on search_document as `document`. */
export type Condition = (bind: Bind) => string;

/** Which documents of a list count besides. */
export interface Filters {
  readonly condition: Condition;
  /** No document after this rank key can agree. */
  readonly maxRankKey?: ParamSource;
}

/** What filters other than that of a namespace leave; undefined when that is everything. */
export function filtersFor(filters: SearchFilters): Filters | undefined {
  const { official, automated, stars } = filters;
  if (official === undefined && automated === undefined && stars === undefined) return undefined;
  const condition: Condition = (bind) => filtersSql(bind, filters);
  if (minPopularity(filters) <= 0) return { condition };
  return { condition, maxRankKey: ({ wanted }) => lastRankKeyOf(minPopularity(wanted.filters)) };
}

// Stars are a part of popularity, so documents with less of it need not be looked at.
function minPopularity({ stars }: SearchFilters): number {
  return stars === undefined ? 0 : weights.stars * Math.log1p(stars);
}

/** Condition on search_document: it agrees with the filters, that of a namespace apart. */
export function filtersSql(bind: Bind, { official, automated, stars }: SearchFilters): string {
  const conditions = ['true'];
  if (official !== undefined) conditions.push(official ? 'official' : 'not official');
  if (automated !== undefined) conditions.push(automated ? 'automated' : 'not automated');
  if (stars !== undefined) conditions.push(`stars >= ${bind(({ wanted }) => wanted.filters.stars)}`);
  return conditions.join(' and ');
}

/** Condition on `rank key`, to be added to others: the document may be among those that count. */
export function rankKeyBound(bind: Bind, narrowing?: Filters): string {
  return narrowing?.maxRankKey === undefined ? '' : ` and rank_key <= ${bind(narrowing.maxRankKey)}`;
}

/** A join that keeps the rows of `posting` whose documents count. */
export function filterJoin(bind: Bind, narrowing?: Filters): string {
  if (narrowing === undefined) return '';
  return `cross join lateral (
    select from search_document as document
    where repository_id = ${idSql('posting.rank_key')} and ${narrowing.condition(bind)} limit 1) as agreeing`;
}
