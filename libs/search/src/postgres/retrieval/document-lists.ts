import { rankKeyBound, type Condition, type Filters } from './filters';
import { postings } from './postings';
import { afterName, prefixOf, nameOf, namespaceOf } from './statement-params';
import type { Bind, ParamSource } from './statement';
import { isListed, thousandths } from '../storage/terms';
import { weights } from '../../ranking/weights';

/**
 * The most popular public documents that answer a query in one way, or in each of several: `select rank key, weight`,
 * where `weight` is what the way counts for, in thousandths; no further read than so many documents of each.
 */
export type List = (bind: Bind, limit: number) => string;

const pinned = 1_000;

// So many of the less popular names that begin alike are looked at, by alphabet; those that are no longer than the
// beginning come from a list of their own, and a thousand share many a name.
const rangeDepth = 1000;

/** Condition on search_document: its name begins so. */
export const namePrefix: Condition = (bind) => `name >= ${bind(nameOf)} and name < ${bind(afterName)}`;

const isLonger: Condition = (bind) => `name > ${bind(nameOf)} and name < ${bind(afterName)}`;

/** Condition on search_document: it is in the namespace that was named. */
export const inNamespace: Condition = (bind) => `namespace = ${bind(namespaceOf)}`;
/** As `inNamespace`, where a name may be one, too. By the index alone: what is official is in `library`, and all of that is. */
export const inNamespaceNamed: Condition = (bind) => `namespace = ${bind(nameOf)} and namespace <> 'library'`;

/** Lists that are ranges of the indexes of search_document. */
export class DocumentLists {
  constructor(
    private readonly narrowing?: Filters,
    private readonly order = 'order by rank_key',
  ) {}

  /** Documents under a condition. */
  list(weight: number | undefined, condition: Condition): List {
    return (bind, limit) => `select ${columnsOf(weight)} from search_document as document
      where not private and ${condition(bind)}${this.narrowed(bind)} ${this.order} limit ${limit}`;
  }

  /** The document of one of the paths that were asked for. */
  path(index: number): List {
    const part =
      (at: number): ParamSource =>
      ({ wanted }) =>
        wanted.query.paths[index]!.split('/')[at];
    return this.list(pinned - index, (bind) => `namespace = ${bind(part(0))} and name = ${bind(part(1))}`);
  }

  /** Names that begin so: popular ones from their list, and the range of all when those do not suffice. */
  beginnings(name: string): List {
    const weight = weights.namePrefix;
    if (!isListed(name)) return this.list(weight, namePrefix);
    return (bind, limit) => {
      const popular = postings(bind, `term = ${bind(prefixOf)}`, limit, this.narrowing, {
        columns: columnsOf(weight),
      });
      const ranged = `select ${columnsOf(weight)} from (
        select rank_key from search_document as document
        where not private and ${isLonger(bind)} and (select count(*) from popular) < ${limit}${this.narrowed(bind)}
        order by name, rank_key limit ${rangeDepth}) as few order by rank_key limit ${limit}`;
      return `with popular as materialized (${popular})
        select rank_key, weight from popular union all (${ranged})`;
    };
  }

  private narrowed(bind: Bind): string {
    const { condition } = this.narrowing ?? {};
    return `${condition ? ` and ${condition(bind)}` : ''}${rankKeyBound(bind, this.narrowing)}`;
  }
}

function columnsOf(weight: number | undefined): string {
  return weight === undefined ? 'rank_key' : `rank_key, ${thousandths(weight)} as weight`;
}
