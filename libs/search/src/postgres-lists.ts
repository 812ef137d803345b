import { idSql, isListed, lastPlaceOf, term, wordFields, type TermField } from './postgres-terms';
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

// Where several words meet, so many documents of the rarest word are looked at in each field, the most popular ones.
const meetingDepth = 1000;

const thousandths = (weight: number): number => Math.round(weight * 1000);
const pinned = 1_000_000;

/**
 * The lists whose first rows hold the first rows of the whole ranking: one for each text class, so that a document
 * among the best of all is among the best of its class. `words` come rarest first.
 */
export function listsOf(query: SearchQuery, words: readonly string[], narrowing?: Narrowing): List[] {
  const { namespace, name, paths } = query;
  const documents = new DocumentLists(narrowing);
  if (namespace !== undefined && name === undefined) {
    return [documents.list(weights.namespaceEqual, (bind) => `namespace = ${bind(namespace)}`)];
  }
  const pins = paths.map((path, index) => documents.path(pinned - index, path));
  if (name === undefined) return [...pins, ...wordLists(words, narrowing)];
  const equal = documents.list(weights.nameEqual, (bind) => `name = ${bind(name)}`);
  if (namespace !== undefined) {
    const begins = documents.list(
      weights.nameBegins + weights.namespaceEqual,
      (bind) => `namespace = ${bind(namespace)} and ${beginsSql(bind, name)}`,
    );
    return [...pins, equal, begins, ...wordLists(words, narrowing)];
  }
  return [
    ...pins,
    equal,
    documents.beginnings(name),
    documents.list(weights.namespaceEqual, (bind) => `namespace = ${bind(name)} and not official`),
    ...wordLists(words, narrowing),
  ];
}

/** The same documents for counting: fewer and complete lists, in any order. */
export function countedLists(query: SearchQuery, words: readonly string[], narrowing?: Narrowing): List[] {
  const { namespace, name } = query;
  const documents = new DocumentLists(narrowing, '');
  if (namespace !== undefined && name === undefined) return listsOf(query, words, narrowing);
  const byWord = wordLists(words, narrowing, [everywhere]);
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

/** Terms of a word in every field, as `wordFields` has them. */
export function wordTerms(word: string, fields: readonly TermField[] = wordFields): string[] {
  return fields.map((field) => term(field, word));
}

interface WordWay {
  readonly weight: number;
  readonly fields: readonly TermField[];
  /** No document after this place comes this way. */
  readonly lastPlace?: string;
}

const everywhere: WordWay = { weight: weights.description, fields: wordFields };
const wordWays: readonly WordWay[] = [
  { weight: weights.wordInNamespace, fields: ['namespace'] },
  { weight: weights.wordInName, fields: ['namespace', 'name'] },
  {
    weight: weights.officialByDescription - weights.officialByName,
    fields: ['name', 'official'],
    lastPlace: lastPlaceOf(weights.officialByName),
  },
  everywhere,
];

function wordLists(words: readonly string[], narrowing?: Narrowing, ways = wordWays): List[] {
  const [rarest, ...others] = words;
  if (rarest === undefined) return [];
  // One word stands in one field, so its ways are the lists of the fields.
  if (others.length === 0) {
    return wordWays.map(({ weight, fields }) => meeting(weight, fields.at(-1)!, rarest, [], narrowing));
  }
  return ways.flatMap(({ weight, fields, lastPlace }) => {
    const met = others.map((word) => wordTerms(word, fields));
    const within = lastPlace === undefined ? narrowing : { ...narrowing, lastPlace };
    return fields.map((field) => meeting(weight, field, rarest, met, within));
  });
}

// Lateral and limited, so that places are looked up in the order of the list and no further than needed.
function meeting(
  weight: number,
  field: TermField,
  rarest: string,
  others: readonly (readonly string[])[],
  narrowing?: Narrowing,
): List {
  const rows = (bind: Bind, limit: number): string => {
    const depth = others.length > 0 ? ` limit ${meetingDepth}` : '';
    const met = others.map(
      (terms, number) => `cross join lateral (
        select from search_posting where term = any(${bind(terms)}::bigint[]) and place = posting.place
        limit 1) as other${number}`,
    );
    return `select place from (
        select place from search_posting where term = ${bind(term(field, rarest))}${upTo(bind, narrowing)}
        order by place${depth}) as posting ${met.join(' ')} ${agreeing(bind, narrowing)} limit ${limit}`;
  };
  return { weight: thousandths(weight), rows };
}

function upTo(bind: Bind, narrowing?: Narrowing): string {
  return narrowing?.lastPlace === undefined ? '' : ` and place <= ${bind(narrowing.lastPlace)}`;
}

function agreeing(bind: Bind, narrowing?: Narrowing): string {
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
        const popular = `select place from (
          select place from search_posting where term = ${bind(term('beginning', name))}${upTo(bind, this.narrowing)}
          order by place) as posting ${agreeing(bind, this.narrowing)} limit ${limit}`;
        const ranged = this.list(
          0,
          (bound) =>
            `${beginsSql(bound, name)} and (select count(*) from (${popular}) as popular) < ${limit}`,
        );
        return `(${popular}) union all (${ranged.rows(bind, limit)})`;
      },
    };
  }

  private narrowed(bind: Bind): string {
    const { condition } = this.narrowing ?? {};
    return `${condition ? ` and ${condition(bind)}` : ''}${upTo(bind, this.narrowing)}`;
  }
}
