import { agreeing, upTo, type Narrowing } from './filters';
import type { Bind } from './statement';

/**
 * `select` of what search_posting lists under the condition and counts besides, up to the limit. Ordered below and limited
 * above, so that documents are looked up in the order of the list and no further than needed.
 */
export function postings(
  bind: Bind,
  condition: string,
  limit: number,
  narrowing?: Narrowing,
  { order = 'order by place', columns = 'place' } = {},
): string {
  return `select ${columns} from (
    select place from search_posting where ${condition}${upTo(bind, narrowing)} ${order}) as posting
    ${agreeing(bind, narrowing)} limit ${limit}`;
}
