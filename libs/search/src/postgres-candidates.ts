import { resultWindow, type CandidatesWanted, type SearchOrder } from './search-engine';
import type { SearchQuery } from './query';
import type { PostingField } from './search-posting.entity';

/** A statement and its bound values. */
export interface Statement {
  readonly sql: string;
  readonly values: readonly unknown[];
}

/** One way by which documents are retrieved: from where, in which order, and how many at most. */
interface Way {
  readonly source: string;
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
export const listedBeginning = 3;

/**
 * The statements for one search. There is a way for each text class, giving its best rows only: a document among the
 * best of all is among the best of its class, so the scorer misses none. A single word and a short beginning are read
 * from the postings, which lie in the order of popularity: the commonest costs no more than the page. Values are
 * bound, never written into the text.
 */
export class CandidateStatements {
  private readonly values: unknown[] = [];
  private readonly allowed: string;
  private readonly ways: Way[];

  constructor(private readonly wanted: CandidatesWanted) {
    this.allowed = this.allowedRows();
    this.ways = this.waysTo(wanted.query);
  }

  /** Rows with `way`, the number of the way they came by. */
  candidates(): Statement {
    const selects = this.ways.map(
      ({ source, order, limit }, way) =>
        `(select ${way} as way, ${columns} from ${source} and ${this.allowed}
          order by ${order} desc, repository_id limit ${limit})`,
    );
    return { sql: selects.join('\nunion all\n'), values: this.values };
  }

  /** The number of documents, counted no further than the result window. */
  count(): Statement {
    const selects = this.ways.map(
      ({ source }) => `(select repository_id from ${source} and ${this.allowed} limit ${resultWindow})`,
    );
    return {
      sql: `select least(count(*), ${resultWindow})::int as total from (${selects.join(' union ')}) as found`,
      values: this.values,
    };
  }

  /** True when some way gave as many rows as it may: there may be more. */
  isCutShort(rowWays: readonly number[]): boolean {
    const rows = new Array<number>(this.ways.length).fill(0);
    for (const way of rowWays) rows[way]! += 1;
    return this.ways.some(({ limit }, way) => rows[way]! >= limit);
  }

  private waysTo(query: SearchQuery): Way[] {
    const { namespace, name } = query;
    if (namespace !== undefined && name === undefined) {
      return [this.documents(`namespace = ${this.bind(namespace)}`)];
    }
    const exact = query.paths.map((path) => {
      const [first, second] = path.split('/');
      return this.documents(`namespace = ${this.bind(first)} and name = ${this.bind(second)}`);
    });
    return [
      ...exact,
      ...(name === undefined ? [] : this.waysToName(name, namespace)),
      ...this.waysToWords(query.words),
    ];
  }

  private waysToName(name: string, namespace: string | undefined): Way[] {
    const equal = this.documents(`name = ${this.bind(name)}`);
    if (namespace !== undefined) {
      return [equal, this.documents(`namespace = ${this.bind(namespace)} and ${this.begins(name)}`)];
    }
    const beginning =
      this.byRelevance && name.length <= listedBeginning
        ? this.postings('beginning', name)
        : this.documents(this.begins(name));
    return [equal, beginning, this.documents(`namespace = ${this.bind(name)} and not official`)];
  }

  private waysToWords(words: readonly string[]): Way[] {
    const [word, ...more] = words;
    const officials = Math.max(this.wanted.limit, leastOfficial);
    if (this.byRelevance && word !== undefined && more.length === 0) {
      return [
        this.postings('name', word),
        this.postings('description', word),
        this.postings('official', word, officials),
      ];
    }
    const all = `words @> ${this.bind(words)}::text[]`;
    if (!this.byRelevance) return [this.documents(all)];
    return [
      this.documents(`${all} and name_words @> ${this.bind(words)}::text[]`),
      this.documents(`${all} and not official`),
      this.documents(`${all} and official`, officials),
    ];
  }

  private begins(name: string): string {
    return `name like ${this.bind(`${name.replace(/[\\%_]/g, '\\$&')}%`)}`;
  }

  private get byRelevance(): boolean {
    return this.wanted.order === 'relevance';
  }

  private documents(condition: string, limit = this.wanted.limit): Way {
    return { source: `search_document where ${condition}`, order: orderColumns[this.wanted.order], limit };
  }

  private postings(field: PostingField, word: string, limit = this.wanted.limit): Way {
    const source = `search_posting join search_document using (repository_id)
          where field = '${field}' and word = ${this.bind(word)}`;
    return { source, order: 'weight', limit };
  }

  private allowedRows(): string {
    const { filters, viewer } = this.wanted;
    const conditions = [
      viewer.namespaces.length > 0
        ? `(not private or namespace = any(${this.bind(viewer.namespaces)}::text[]))`
        : 'not private',
    ];
    if (filters.official !== undefined) conditions.push(filters.official ? 'official' : 'not official');
    if (filters.automated !== undefined) conditions.push(filters.automated ? 'automated' : 'not automated');
    if (filters.stars !== undefined) conditions.push(`stars >= ${this.bind(filters.stars)}`);
    if (filters.namespace !== undefined) conditions.push(`namespace = ${this.bind(filters.namespace)}`);
    return conditions.join(' and ');
  }

  private bind(value: unknown): string {
    return `$${this.values.push(value)}`;
  }
}
