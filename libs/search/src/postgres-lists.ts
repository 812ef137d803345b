import { bigints, type Bind, type Source } from './postgres-statement';
import { idSql, isListed, term, wordFields, wordTerms } from './postgres-terms';
import type { SearchQuery } from './query';
import { weights } from './weights';

type Condition = (bind: Bind) => string;

/** Public documents that answer a query in one way, the most popular first. */
export interface List {
  /** What this way counts for, in thousandths. */
  readonly weight: number;
  /** `select place …` of the first rows; ordered, and stopped as soon as there are enough. */
  readonly rows: (bind: Bind, limit: number) => string;
}

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

const thousandths = (weight: number): number => Math.round(weight * 1000);
const pinned = 1_000_000;

/**
 * The lists whose first rows hold the first rows of the whole ranking: one for each text class, so that a document
 * among the best of all is among the best of its class. Where several words meet is not among them.
 */
export function listsOf(query: SearchQuery, narrowing?: Narrowing): List[] {
  const { namespace, name, paths, words } = query;
  const documents = new DocumentLists(narrowing);
  if (namespace !== undefined && name === undefined) {
    return [documents.list(weights.namespaceEqual, (bind) => `namespace = ${bind(namespaceOf)}`)];
  }
  const byWord = words.length === 1 ? wordLists(narrowing) : [];
  const pins = paths.map((_, index) => documents.path(pinned - index, index));
  if (name === undefined) return [...pins, ...byWord];
  const equal = documents.list(weights.nameEqual, (bind) => `name = ${bind(nameOf)}`);
  if (namespace !== undefined) {
    const begins = documents.list(
      weights.nameBegins + weights.namespaceEqual,
      (bind) => `namespace = ${bind(namespaceOf)} and ${beginsSql(bind)}`,
    );
    return [...pins, equal, begins, ...byWord];
  }
  return [
    ...pins,
    equal,
    documents.beginnings(name),
    documents.list(weights.namespaceEqual, (bind) => `namespace = ${bind(nameOf)} and not official`),
    ...byWord,
  ];
}

/** The same documents for counting: fewer and complete lists, in any order. */
export function countedLists(query: SearchQuery, narrowing?: Narrowing): List[] {
  const { namespace, name, words } = query;
  const documents = new DocumentLists(narrowing, '');
  if (namespace !== undefined && name === undefined) return listsOf(query, narrowing);
  const byWord = words.length === 1 ? [anyField(narrowing)] : [];
  if (name === undefined) return byWord;
  if (namespace !== undefined) {
    return [
      documents.list(0, (bind) => `name = ${bind(nameOf)}`),
      documents.list(0, (bind) => `namespace = ${bind(namespaceOf)} and ${beginsSql(bind)}`),
      ...byWord,
    ];
  }
  return [
    documents.list(0, beginsSql),
    documents.list(0, (bind) => `namespace = ${bind(nameOf)} and not official`),
    ...byWord,
  ];
}

/** Condition on search_document as `document`: it answers the query. For reading few documents one by one. */
export function matchSql(bind: Bind, { namespace, name, words }: SearchQuery): string {
  if (namespace !== undefined && name === undefined) return `namespace = ${bind(namespaceOf)}`;
  const ways: string[] = [];
  if (words.length > 0) {
    const every = words.map((_, index) => `terms && ${bind(wordOf(index))}::bigint[]`);
    ways.push(`(${every.join(' and ')})`);
  }
  if (name !== undefined && namespace !== undefined) {
    ways.push(`name = ${bind(nameOf)}`, `(namespace = ${bind(namespaceOf)} and ${beginsSql(bind)})`);
  } else if (name !== undefined) {
    ways.push(`(${beginsSql(bind)})`, `(namespace = ${bind(nameOf)} and not official)`);
  }
  return ways.length > 0 ? `(${ways.join(' or ')})` : 'false';
}

// One word stands in one field, so its ways are the lists of the fields.
function wordLists(narrowing?: Narrowing): List[] {
  const ofFields: Readonly<Record<(typeof wordFields)[number], number>> = {
    namespace: weights.wordInNamespace,
    name: weights.wordInName,
    official: weights.officialByDescription - weights.officialByName,
    description: weights.description,
  };
  return wordFields.map((field) => ({
    weight: thousandths(ofFields[field]),
    rows: (bind, limit) =>
      postings(bind, `term = ${bind(({ wanted }) => term(field, wanted.query.words[0]!))}`, limit, narrowing),
  }));
}

function anyField(narrowing?: Narrowing): List {
  return {
    weight: 0,
    rows: (bind, limit) => postings(bind, `term = any(${bind(wordOf(0))}::bigint[])`, limit, narrowing, ''),
  };
}

// Ordered below and limited above, so that documents are looked up in the order of the list and no further than needed.
function postings(
  bind: Bind,
  condition: string,
  limit: number,
  narrowing?: Narrowing,
  order = 'order by place',
): string {
  return `select place from (
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

/** Lists that are ranges of the indexes of search_document. */
class DocumentLists {
  constructor(
    private readonly narrowing?: Narrowing,
    private readonly order = 'order by place',
  ) {}

  list(weight: number, condition: Condition): List {
    return {
      weight: thousandths(weight),
      rows: (bind, limit) => `select place from search_document as document
        where not private and ${condition(bind)}${this.narrowed(bind)} ${this.order} limit ${limit}`,
    };
  }

  path(weight: number, index: number): List {
    const part =
      (at: number): Source =>
      ({ wanted }) =>
        wanted.query.paths[index]!.split('/')[at];
    const list = this.list(0, (bind) => `namespace = ${bind(part(0))} and name = ${bind(part(1))}`);
    return { ...list, weight };
  }

  /** Names that begin so: popular ones from their list, and the range of all when those do not suffice. */
  beginnings(name: string): List {
    const range = this.list(weights.nameBegins, beginsSql);
    if (!isListed(name)) return range;
    return {
      weight: range.weight,
      rows: (bind, limit) => {
        const popular = postings(bind, `term = ${bind(beginningOf)}`, limit, this.narrowing);
        const ranged = this.list(
          0,
          (bound) => `${beginsSql(bound)} and (select count(*) from popular) < ${limit}`,
        );
        return `with popular as materialized (${popular})
          select place from popular union all (${ranged.rows(bind, limit)})`;
      },
    };
  }

  private narrowed(bind: Bind): string {
    const { condition } = this.narrowing ?? {};
    return `${condition ? ` and ${condition(bind)}` : ''}${upTo(bind, this.narrowing)}`;
  }
}
