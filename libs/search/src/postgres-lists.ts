import { idSql, isListed, term, wordFields, wordTerms } from './postgres-terms';
import type { SearchQuery } from './query';
import { weights } from './weights';

/** Gives a value its place in the statement that is being written. */
export type Bind = (value: unknown) => string;
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
  readonly lastPlace?: string;
}

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
    return [documents.list(weights.namespaceEqual, (bind) => `namespace = ${bind(namespace)}`)];
  }
  const byWord = words.length === 1 ? wordLists(words[0]!, narrowing) : [];
  const pins = paths.map((path, index) => documents.path(pinned - index, path));
  if (name === undefined) return [...pins, ...byWord];
  const equal = documents.list(weights.nameEqual, (bind) => `name = ${bind(name)}`);
  if (namespace !== undefined) {
    const begins = documents.list(
      weights.nameBegins + weights.namespaceEqual,
      (bind) => `namespace = ${bind(namespace)} and ${beginsSql(bind, name)}`,
    );
    return [...pins, equal, begins, ...byWord];
  }
  return [
    ...pins,
    equal,
    documents.beginnings(name),
    documents.list(weights.namespaceEqual, (bind) => `namespace = ${bind(name)} and not official`),
    ...byWord,
  ];
}

/** The same documents for counting: fewer and complete lists, in any order. */
export function countedLists(query: SearchQuery, narrowing?: Narrowing): List[] {
  const { namespace, name, words } = query;
  const documents = new DocumentLists(narrowing, '');
  if (namespace !== undefined && name === undefined) return listsOf(query, narrowing);
  const byWord = words.length === 1 ? [anyField(words[0]!, narrowing)] : [];
  if (name === undefined) return byWord;
  if (namespace !== undefined) {
    return [
      documents.list(0, (bind) => `name = ${bind(name)}`),
      documents.list(0, (bind) => `namespace = ${bind(namespace)} and ${beginsSql(bind, name)}`),
      ...byWord,
    ];
  }
  return [
    documents.list(0, (bind) => beginsSql(bind, name)),
    documents.list(0, (bind) => `namespace = ${bind(name)} and not official`),
    ...byWord,
  ];
}

/** Condition on search_document as `document`: it answers the query. For reading few documents one by one. */
export function matchSql(bind: Bind, { namespace, name, words }: SearchQuery): string {
  if (namespace !== undefined && name === undefined) return `namespace = ${bind(namespace)}`;
  const ways: string[] = [];
  if (words.length > 0) {
    const every = words.map((word) => `terms && ${bind(wordTerms(word))}::bigint[]`);
    ways.push(`(${every.join(' and ')})`);
  }
  if (name !== undefined && namespace !== undefined) {
    ways.push(`name = ${bind(name)}`, `(namespace = ${bind(namespace)} and ${beginsSql(bind, name)})`);
  } else if (name !== undefined) {
    ways.push(`(${beginsSql(bind, name)})`, `(namespace = ${bind(name)} and not official)`);
  }
  return ways.length > 0 ? `(${ways.join(' or ')})` : 'false';
}

// One word stands in one field, so its ways are the lists of the fields.
function wordLists(word: string, narrowing?: Narrowing): List[] {
  const ofFields: Readonly<Record<(typeof wordFields)[number], number>> = {
    namespace: weights.wordInNamespace,
    name: weights.wordInName,
    official: weights.officialByDescription - weights.officialByName,
    description: weights.description,
  };
  return wordFields.map((field) => ({
    weight: thousandths(ofFields[field]),
    rows: (bind, limit) => postings(bind, `term = ${bind(term(field, word))}`, limit, narrowing),
  }));
}

function anyField(word: string, narrowing?: Narrowing): List {
  return {
    weight: 0,
    rows: (bind, limit) =>
      postings(bind, `term = any(${bind(wordTerms(word))}::bigint[])`, limit, narrowing, ''),
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

function beginsSql(bind: Bind, beginning: string): string {
  // Names are ASCII; no byte of one is greater than DEL.
  return `name >= ${bind(beginning)} and name < ${bind(`${beginning}\x7f`)}`;
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

  path(weight: number, path: string): List {
    const [namespace, name] = path.split('/');
    const list = this.list(0, (bind) => `namespace = ${bind(namespace)} and name = ${bind(name)}`);
    return { ...list, weight };
  }

  /** Names that begin so: popular ones from their list, and the range of all when those do not suffice. */
  beginnings(name: string): List {
    const range = this.list(weights.nameBegins, (bind) => beginsSql(bind, name));
    if (!isListed(name)) return range;
    return {
      weight: range.weight,
      rows: (bind, limit) => {
        const popular = postings(bind, `term = ${bind(term('beginning', name))}`, limit, this.narrowing);
        const ranged = this.list(
          0,
          (bound) => `${beginsSql(bound, name)} and (select count(*) from popular) < ${limit}`,
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
