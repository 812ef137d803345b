import type { Bind, Source } from './statement';
import { idSql, lastPlaceOf } from '../storage/terms';
import type { SearchFilters } from '../../engine/search-engine';
import { weights } from '../../ranking/weights';

/** A condition on search_document as `document`. */
export type Condition = (bind: Bind) => string;

/** Which documents of a list count besides. */
export interface Narrowing {
  readonly condition: Condition;
  /** No document after this place can agree. */
  readonly lastPlace?: Source;
}

/** What filters other than that of a namespace leave; undefined when that is everything. */
export function narrowingBy(filters: SearchFilters): Narrowing | undefined {
  const { official, automated, stars } = filters;
  if (official === undefined && automated === undefined && stars === undefined) return undefined;
  const condition: Condition = (bind) => filtersSql(bind, filters);
  if (leastPopularity(filters) <= 0) return { condition };
  return { condition, lastPlace: ({ wanted }) => lastPlaceOf(leastPopularity(wanted.filters)) };
}

// Stars are a part of popularity, so documents with less of it need not be looked at.
function leastPopularity({ stars }: SearchFilters): number {
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

/** Condition on `place`, to be added to others: the document may be among those that count. */
export function upTo(bind: Bind, narrowing?: Narrowing): string {
  return narrowing?.lastPlace === undefined ? '' : ` and place <= ${bind(narrowing.lastPlace)}`;
}

/** A join that keeps the rows of `posting` whose documents count. */
export function agreeing(bind: Bind, narrowing?: Narrowing): string {
  if (narrowing === undefined) return '';
  return `cross join lateral (
    select from search_document as document
    where repository_id = ${idSql('posting.place')} and ${narrowing.condition(bind)} limit 1) as agreeing`;
}
