import { resultWindow, type CandidatesWanted, type SearchOrder } from './search-engine';
import type { SearchQuery } from './query';

/** A statement and its bound values. */
export interface Statement {
  readonly sql: string;
  readonly values: readonly unknown[];
}

/** One way by which documents are retrieved: a condition, and how many rows it may give. */
interface Way {
  readonly condition: string;
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

/**
 * The statements for one search. There is a way for each text class, giving its best rows only: a document among the
 * best of all is among the best of its class, so the scorer misses none, and the commonest word costs no more than
 * `limit` rows a way. Values are bound, never written into the text.
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
    const column = orderColumns[this.wanted.order];
    const selects = this.ways.map(
      ({ condition, limit }, way) =>
        `(select ${way} as way, ${columns} from search_document where ${condition} and ${this.allowed}
          order by ${column} desc, repository_id limit ${limit})`,
    );
    return { sql: selects.join('\nunion all\n'), values: this.values };
  }

  /** The number of documents, counted no further than the result window. */
  count(): Statement {
    const any = this.ways.map(({ condition }) => `(${condition})`).join(' or ');
    return {
      sql: `select count(*)::int as total from (
        select from search_document where (${any}) and ${this.allowed} limit ${resultWindow}) as found`,
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
    const { limit, order } = this.wanted;
    const { namespace, name } = query;
    const way = (condition: string, most = limit): Way => ({ condition, limit: most });
    if (namespace !== undefined && name === undefined) return [way(`namespace = ${this.bind(namespace)}`)];

    const ways: Way[] = query.paths.map((path) => {
      const [first, second] = path.split('/');
      return way(`namespace = ${this.bind(first)} and name = ${this.bind(second)}`);
    });
    if (name !== undefined) {
      const begins = `name like ${this.bind(`${escapeLike(name)}%`)}`;
      ways.push(way(`name = ${this.bind(name)}`));
      if (namespace !== undefined) ways.push(way(`namespace = ${this.bind(namespace)} and ${begins}`));
      else ways.push(way(begins), way(`namespace = ${this.bind(name)} and not official`));
    }
    const words = this.bind(query.words);
    ways.push(way(`name_words @> ${words}::text[]`));
    if (order !== 'relevance') return [...ways, way(`words @> ${words}::text[]`)];
    return [
      ...ways,
      way(`words @> ${words}::text[] and not official`),
      way(`words @> ${words}::text[] and official`, Math.max(limit, leastOfficial)),
    ];
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

function escapeLike(text: string): string {
  return text.replace(/[\\%_]/g, '\\$&');
}
