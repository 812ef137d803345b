import { filterJoin, rankKeyBound, type Filters } from './filters';
import type { Bind } from './statement';

/**
 * Selects postings under a condition whose documents pass the filters, up to the limit. The inner query orders and the
 * outer one limits, so that documents are looked up in the order of the list and no further than needed.
 */
export function postings(
  bind: Bind,
  condition: string,
  limit: number,
  filters?: Filters,
  { order = 'order by rank_key', columns = 'rank_key' } = {},
): string {
  return `select ${columns} from (
    select rank_key from search_posting where ${condition}${rankKeyBound(bind, filters)} ${order}) as posting
    ${filterJoin(bind, filters)} limit ${limit}`;
}
