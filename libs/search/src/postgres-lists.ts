import { bigints, type Bind, type Source } from './postgres-statement';
import { idSql, isListed, term, wordFields, wordTerms } from './postgres-terms';
import type { SearchQuery } from './query';
import { weights } from './weights';

type Condition = (bind: Bind) => string;

/**
 * The most popular public documents that answer a query in one way, or in each of several: `select place, weight`,
 * where `weight` is what the way counts for, in thousandths; no further read than so many documents of each.
 */
export type List = (bind: Bind, limit: number) => string;

/** Which documents of a list count besides. */
export interface Narrowing {
  /** Condition on search_document as `document`. */
  readonly condition?: Condition;
  /** No document after this place can agree. */
  readonly lastPlace?: Source;
}

const namespaceOf: Source = ({ wanted }) => wanted.query.namespace;
const nameOf: Source = ({ wanted }) => wanted.query.name;
// Names are ASCII; no byte of one is greater than DEL.
const afterName: Source = ({ wanted }) => `${wanted.query.name}\x7f`;
const beginningOf: Source = ({ wanted }) => term('beginning', wanted.query.name!);
const wordOf =
  (index: number): Source =>
  ({ wanted }) =>
    bigints(wordTerms(wanted.query.words[index]!));

const byPlace = 'order by place';

const thousandths = (weight: number): number => Math.round(weight * 1000);
const pinned = 1_000;

// So many of the less popular names that begin alike are looked at, by alphabet; those that are no longer than the
// beginning come from a list of their own, and a thousand share many a name.
const rangeDepth = 1000;

/**
 * The lists whose first rows hold the first rows of the whole ranking: one for each text class, so that a document
 * among the best of all is among the best of its class. Where several words meet is not among them.
 */
export function listsOf(query: SearchQuery, narrowing?: Narrowing): List[] {
  const { namespace, name, paths, words } = query;
  const documents = new DocumentLists(narrowing);
  if (namespace !== undefined && name === undefined) {
    return [documents.list(weights.namespaceEqual, inNamespace)];
  }
  const byWord = words.length === 1 ? [wordLists(narrowing)] : [];
  const pins = paths.map((_, index) => documents.path(index));
  if (name === undefined) return [...pins, ...byWord];
  const equal = documents.list(weights.nameEqual, (bind) => `name = ${bind(nameOf)}`);
  if (namespace !== undefined) {
    const begins = documents.list(
      weights.nameBegins + weights.namespaceEqual,
      (bind) => `${inNamespace(bind)} and ${beginsSql(bind)}`,
    );
    return [...pins, equal, begins, ...byWord];
  }
  return [
    ...pins,
    equal,
    documents.beginnings(name),
    documents.list(weights.namespaceEqual, inNamespaceNamed),
    ...byWord,
  ];
}

/** The same documents for counting: `select place` of fewer and complete lists, in any order. */
export function countedLists(query: SearchQuery, narrowing?: Narrowing): List[] {
  const { namespace, name, words } = query;
  const documents = new DocumentLists(narrowing, '');
  const counted = (condition: Condition): List => documents.list(undefined, condition);
  if (namespace !== undefined && name === undefined) return [counted(inNamespace)];
  const byWord: List[] = words.length === 1 ? [anyField(narrowing)] : [];
  if (name === undefined) return byWord;
  if (namespace !== undefined) {
    return [
      counted((bind) => `name = ${bind(nameOf)}`),
      counted((bind) => `${inNamespace(bind)} and ${beginsSql(bind)}`),
      ...byWord,
    ];
  }
  return [counted(beginsSql), counted(inNamespaceNamed), ...byWord];
}

/** Condition on search_document as `document`: it answers the query. For reading few documents one by one. */
export function matchSql(bind: Bind, { namespace, name, words }: SearchQuery): string {
  if (namespace !== undefined && name === undefined) return inNamespace(bind);
  const ways: string[] = [];
  if (words.length > 0) {
    const every = words.map((_, index) => `terms && ${bind(wordOf(index))}::bigint[]`);
    ways.push(`(${every.join(' and ')})`);
  }
  if (name !== undefined && namespace !== undefined) {
    ways.push(`name = ${bind(nameOf)}`, `(${inNamespace(bind)} and ${beginsSql(bind)})`);
  } else if (name !== undefined) {
    ways.push(`(${beginsSql(bind)})`, `(namespace = ${bind(nameOf)} and not official)`);
  }
  return ways.length > 0 ? `(${ways.join(' or ')})` : 'false';
}

// One word stands in one field, so its ways are the lists of the fields. As one, because each part of a statement costs.
function wordLists(narrowing?: Narrowing): List {
  const ofFields: Readonly<Record<(typeof wordFields)[number], number>> = {
    namespace: weights.wordInNamespace,
    name: weights.wordInName,
    official: weights.officialByDescription - weights.officialByName,
    description: weights.description,
  };
  return (bind, limit) => {
    const fields = wordFields.map(
      (field) =>
        `(${bind(({ wanted }) => term(field, wanted.query.words[0]!))}::bigint, ${thousandths(ofFields[field])})`,
    );
    return `select listed.place, weight from (values ${fields.join(', ')}) as field (term, weight)
      cross join lateral (${postings(bind, 'term = field.term', limit, narrowing)}) as listed`;
  };
}

function anyField(narrowing?: Narrowing): List {
  return (bind, limit) =>
    postings(bind, `term = any(${bind(wordOf(0))}::bigint[])`, limit, narrowing, { order: '' });
}

// Ordered below and limited above, so that documents are looked up in the order of the list and no further than needed.
function postings(
  bind: Bind,
  condition: string,
  limit: number,
  narrowing?: Narrowing,
  { order = byPlace, columns = 'place' } = {},
): string {
  return `select ${columns} from (
    select place from search_posting where ${condition}${upTo(bind, narrowing)} ${order}) as posting
    ${agreeing(bind, narrowing)} limit ${limit}`;
}

function upTo(bind: Bind, narrowing?: Narrowing): string {
  return narrowing?.lastPlace === undefined ? '' : ` and place <= ${bind(narrowing.lastPlace)}`;
}

/** A join that keeps the rows of `posting` whose documents count. */
export function agreeing(bind: Bind, narrowing?: Narrowing): string {
  if (narrowing?.condition === undefined) return '';
  return `cross join lateral (
    select from search_document as document
    where repository_id = ${idSql('posting.place')} and ${narrowing.condition(bind)} limit 1) as agreeing`;
}

function beginsSql(bind: Bind): string {
  return `name >= ${bind(nameOf)} and name < ${bind(afterName)}`;
}

function longerSql(bind: Bind): string {
  return `name > ${bind(nameOf)} and name < ${bind(afterName)}`;
}

// As conditions of indexes alone: what is official is in `library`, and all of that is.
const inNamespace: Condition = (bind) => `namespace = ${bind(namespaceOf)}`;
const inNamespaceNamed: Condition = (bind) => `namespace = ${bind(nameOf)} and namespace <> 'library'`;

/** Lists that are ranges of the indexes of search_document. */
class DocumentLists {
  constructor(
    private readonly narrowing?: Narrowing,
    private readonly order = byPlace,
  ) {}

  list(weight: number | undefined, condition: Condition): List {
    return (bind, limit) => `select ${columnsOf(weight)} from search_document as document
      where not private and ${condition(bind)}${this.narrowed(bind)} ${this.order} limit ${limit}`;
  }

  path(index: number): List {
    const part =
      (at: number): Source =>
      ({ wanted }) =>
        wanted.query.paths[index]!.split('/')[at];
    return this.list(pinned - index, (bind) => `namespace = ${bind(part(0))} and name = ${bind(part(1))}`);
  }

  /** Names that begin so: popular ones from their list, and the range of all when those do not suffice. */
  beginnings(name: string): List {
    const weight = weights.nameBegins;
    if (!isListed(name)) return this.list(weight, beginsSql);
    return (bind, limit) => {
      const popular = postings(bind, `term = ${bind(beginningOf)}`, limit, this.narrowing, {
        columns: columnsOf(weight),
      });
      const ranged = `select ${columnsOf(weight)} from (
        select place from search_document as document
        where not private and ${longerSql(bind)} and (select count(*) from popular) < ${limit}${this.narrowed(bind)}
        order by name, place limit ${rangeDepth}) as few order by place limit ${limit}`;
      return `with popular as materialized (${popular})
        select place, weight from popular union all (${ranged})`;
    };
  }

  private narrowed(bind: Bind): string {
    const { condition } = this.narrowing ?? {};
    return `${condition ? ` and ${condition(bind)}` : ''}${upTo(bind, this.narrowing)}`;
  }
}

function columnsOf(weight: number | undefined): string {
  return weight === undefined ? 'place' : `place, ${thousandths(weight)} as weight`;
}
