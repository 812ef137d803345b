import { filterJoin, rankKeyBound, type Filters } from './filters';
import type { Bind } from './statement';

/**
 * `select` of what search_posting lists under the condition and counts besides, up to the limit. Ordered below and limited
 * above, so that documents are looked up in the order of the list and no further than needed.
 */
export function postings(
  bind: Bind,
  condition: string,
  limit: number,
  narrowing?: Filters,
  { order = 'order by rank_key', columns = 'rank_key' } = {},
): string {
  return `select ${columns} from (
    select rank_key from search_posting where ${condition}${rankKeyBound(bind, narrowing)} ${order}) as posting
    ${filterJoin(bind, narrowing)} limit ${limit}`;
}
