import { resultWindow, type CandidatesWanted, type SearchOrder } from './search-engine';
import type { SearchQuery } from './query';
import type { PostingField } from './search-posting.entity';

/** A statement and its bound values. */
export interface Statement {
  readonly sql: string;
  readonly values: readonly unknown[];
}

/** Gives a value its place in the statement that is being written. */
type Bind = (value: unknown) => string;
type Sql = (bind: Bind) => string;

/** One way by which documents are retrieved: which ones, from where in what order, and how many at most. */
interface Way {
  /** Which documents, as a condition on search_document. */
  readonly condition: Sql;
  /** The same documents, from where they are had best first. */
  readonly source: Sql;
  readonly order: string;
  readonly limit: number;
}

const columns = `repository_id as id, namespace, name, official, automated, private, description, stars, pulls,
  popularity, updated_at as "updatedAt", version`;

const orderColumns: Readonly<Record<SearchOrder, string>> = {
  relevance: 'popularity',
  stars: 'stars',
  pulls: 'pulls',
  updated: 'updated_at',
};

// Official repositories are few and weigh differently when found by description, so they come by a way of their own.
const leastOfficial = 100;

/** Names are listed under their beginnings up to this length; of longer ones there are few enough to be sorted. */
export const listedBeginning = 6;

/**
 * The statements for one search. There is a way for each text class, giving its best rows only: a document among the
 * best of all is among the best of its class, so the scorer misses none. A single word and a short beginning are read
 * from the postings, which lie in the order of popularity: the commonest costs no more than the page. Values are
 * bound, never written into the text.
 */
export class CandidateStatements {
  private readonly ways: Way[];

  constructor(private readonly wanted: CandidatesWanted) {
    this.ways = this.waysTo(wanted.query);
  }

  /** Rows with `way`, the number of the way they came by. */
  candidates(): Statement {
    return written((bind) => {
      const allowed = this.allowed(bind);
      const selects = this.ways.map(
        ({ source, order, limit }, way) =>
          `(select ${way} as way, ${columns} from ${source(bind)} and ${allowed}
            order by ${order} desc, repository_id limit ${limit})`,
      );
      return selects.join('\nunion all\n');
    });
  }

  /** The number of documents, counted no further than the result window; a bitmap of all ways does that fastest. */
  count(): Statement {
    return written((bind) => {
      const conditions = [...new Set(this.ways.map(({ condition }) => condition))];
      const any = conditions.map((condition) => `(${condition(bind)})`).join(' or ');
      return `select count(*)::int as total from (
        select from search_document where (${any}) and ${this.allowed(bind)} limit ${resultWindow}) as found`;
    });
  }

  /** True when some way gave as many rows as it may: there may be more. */
  isCutShort(rowWays: readonly number[]): boolean {
    const rows = new Array<number>(this.ways.length).fill(0);
    for (const way of rowWays) rows[way]! += 1;
    return this.ways.some(({ limit }, way) => rows[way]! >= limit);
  }

  private waysTo({ namespace, name, paths, words }: SearchQuery): Way[] {
    if (namespace !== undefined && name === undefined) {
      return [this.documents((bind) => `namespace = ${bind(namespace)}`)];
    }
    const exact = paths.map((path) => {
      const [first, second] = path.split('/');
      return this.documents((bind) => `namespace = ${bind(first)} and name = ${bind(second)}`);
    });
    const byName = name === undefined ? [] : this.waysToName(name, namespace);
    return [...exact, ...byName, ...this.waysToWords(words)];
  }

  private waysToName(name: string, namespace: string | undefined): Way[] {
    const equal = this.documents((bind) => `name = ${bind(name)}`);
    const begins: Sql = (bind) => `name like ${bind(`${escapeLike(name)}%`)}`;
    if (namespace !== undefined) {
      return [equal, this.documents((bind) => `namespace = ${bind(namespace)} and ${begins(bind)}`)];
    }
    const isListed = this.byRelevance && name.length <= listedBeginning;
    return [
      equal,
      isListed ? this.postings('beginning', name, begins) : this.documents(begins),
      this.documents((bind) => `namespace = ${bind(name)} and not official`),
    ];
  }

  private waysToWords(words: readonly string[]): Way[] {
    const [word, ...more] = words;
    const officials = Math.max(this.wanted.limit, leastOfficial);
    const all: Sql = (bind) => `words @> ${bind(words)}::text[]`;
    if (!this.byRelevance) return [this.documents(all)];
    if (word !== undefined && more.length === 0) {
      return [
        this.postings('name', word, all),
        this.postings('description', word, all),
        this.postings('official', word, all, officials),
      ];
    }
    return [
      this.documents((bind) => `${all(bind)} and name_words @> ${bind(words)}::text[]`),
      this.documents((bind) => `${all(bind)} and not official`),
      this.documents((bind) => `${all(bind)} and official`, officials),
    ];
  }

  private get byRelevance(): boolean {
    return this.wanted.order === 'relevance';
  }

  private documents(condition: Sql, limit = this.wanted.limit): Way {
    const source: Sql = (bind) => `search_document where ${condition(bind)}`;
    return { condition, source, order: orderColumns[this.wanted.order], limit };
  }

  private postings(field: PostingField, word: string, condition: Sql, limit = this.wanted.limit): Way {
    const source: Sql = (bind) => `search_posting join search_document using (repository_id)
            where field = '${field}' and word = ${bind(word)}`;
    return { condition, source, order: 'weight', limit };
  }

  private allowed(bind: Bind): string {
    const { filters, viewer } = this.wanted;
    const conditions = [
      viewer.namespaces.length > 0
        ? `(not private or namespace = any(${bind(viewer.namespaces)}::text[]))`
        : 'not private',
    ];
    if (filters.official !== undefined) conditions.push(filters.official ? 'official' : 'not official');
    if (filters.automated !== undefined) conditions.push(filters.automated ? 'automated' : 'not automated');
    if (filters.stars !== undefined) conditions.push(`stars >= ${bind(filters.stars)}`);
    if (filters.namespace !== undefined) conditions.push(`namespace = ${bind(filters.namespace)}`);
    return conditions.join(' and ');
  }
}

function written(sql: Sql): Statement {
  const values: unknown[] = [];
  return { sql: sql((value) => `$${values.push(value)}`), values };
}

function escapeLike(text: string): string {
  return text.replace(/[\\%_]/g, '\\$&');
}
