import { rankKeyBound, type Condition, type Filters } from './filters';
import { nameCondition } from './name-conditions';
import { postings } from './postings';
import { namePrefixTerm, operandBounds, operands } from './statement-params';
import type { Bind, ParamSource } from './statement';
import { isListedPrefix, thousandths } from '../storage/terms';
import type { NameCriterion } from '../../ranking/text-classes';

/**
 * The most popular public documents that match a query by one text class, or by each of several: selects `rank_key` and
 * `weight`, which is what the class counts for, in thousandths. Reads at most `limit` documents of each class.
 */
export type List = (bind: Bind, limit: number) => string;

// More than any score.
const pinWeight = 1_000;

/** Lists that are ranges of the indexes of search_document. */
export class DocumentLists {
  constructor(
    private readonly filters?: Filters,
    private readonly order = 'order by rank_key',
  ) {}

  /** Documents under a condition; with a weight unless it is undefined. */
  list(weight: number | undefined, condition: Condition): List {
    return (bind, limit) => `select ${columnsOf(weight)} from search_document as document
      where not private and ${condition(bind)}${this.filterSql(bind)} ${this.order} limit ${limit}`;
  }

  /** The document of one of the exact paths of the query. */
  path(index: number): List {
    const part =
      (at: number): ParamSource =>
      ({ request }) =>
        request.query.paths[index]!.split('/')[at];
    return this.list(pinWeight - index, (bind) => `namespace = ${bind(part(0))} and name = ${bind(part(1))}`);
  }

  /** Documents that match by a criterion; the name in the query is needed to choose how prefixes are read. */
  matching(criterion: NameCriterion, name: string | undefined): List {
    const { field, relation, scope, listWeight } = criterion;
    const isOfNames = field === 'name' && relation === 'prefix' && scope === 'everywhere';
    return isOfNames && isListedPrefix(name!)
      ? this.namePrefix(listWeight)
      : this.list(listWeight, nameCondition(criterion));
  }

  /** Documents in the namespace that the query names, under another condition. */
  inNamedNamespace(weight: number | undefined, condition: Condition): List {
    const inNamespace: Condition = (bind) => `namespace = ${bind(operands.namespace)}`;
    return (bind, limit) => `select ${columnsOf(weight)} from (
      select rank_key from search_document as document
      where not private and ${inNamespace(bind)} and ${condition(bind)}${this.filterSql(bind)} offset 0) as own
      ${this.order} limit ${limit}`;
  }

  // Popular names from the postings of their prefix, and the range of all names when those are too few: all of it, or a
  // longer page would hold names that a shorter one left out. It is as long as few other names are popular.
  private namePrefix(weight: number): List {
    return (bind, limit) => {
      const popular = postings(bind, `term = ${bind(namePrefixTerm)}`, limit, this.filters, {
        columns: columnsOf(weight),
      });
      const ranged = `select ${columnsOf(weight)} from (
        select rank_key from search_document as document
        where not private and ${isLonger(bind)} and (select count(*) from popular) < ${limit}${this.filterSql(bind)}
        offset 0) as ranged order by rank_key limit ${limit}`;
      return `with popular as materialized (${popular})
        select rank_key, weight from popular union all (${ranged})`;
    };
  }

  private filterSql(bind: Bind): string {
    const { condition } = this.filters ?? {};
    return `${condition ? ` and ${condition(bind)}` : ''}${rankKeyBound(bind, this.filters)}`;
  }
}

const isLonger: Condition = (bind) => `name > ${bind(operands.name)} and name < ${bind(operandBounds.name)}`;

/** The columns of a list; `weight` is left out where it is undefined. */
export function columnsOf(weight: number | undefined): string {
  return weight === undefined ? 'rank_key' : `rank_key, ${thousandths(weight)} as weight`;
}
