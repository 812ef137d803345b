import { countedLists, listsOf, matchSql, type Bind, type Narrowing } from './postgres-lists';
import { idSql, lastPlaceOf, popularitySql } from './postgres-terms';
import { resultWindow, type CandidatesWanted, type SearchOrder } from './search-engine';
import { weights } from './weights';

/** A statement and its bound values. */
export interface Statement {
  readonly sql: string;
  readonly values: readonly unknown[];
}

const columns = `repository_id as id, namespace, name, official, automated, private, description, stars, pulls,
  ${popularitySql('place')} / 1000.0::float8 as popularity, updated_at as "updatedAt", version`;

const orderColumns: Readonly<Record<Exclude<SearchOrder, 'relevance'>, string>> = {
  stars: 'stars',
  pulls: 'pulls',
  updated: 'updated_at',
};

// Other orders than that of the lists need the documents themselves; so many of each list, the most popular ones.
const sortedDepth = 10_000;

/**
 * The statements for one search. Public documents are read from lists in the order of popularity, the commonest word
 * costing no more than the page; what a list cannot know is looked up on the way. Private documents of the viewer, and
 * those of one namespace, are few and read one by one. Values are bound, never written into the text.
 */
export class CandidateStatements {
  private readonly narrowing?: Narrowing;

  /** `words` are those of the query, the rarest first. */
  constructor(
    private readonly wanted: CandidatesWanted,
    private readonly words: readonly string[],
  ) {
    this.narrowing = narrowingBy(wanted);
  }

  /** Documents: `limit` public ones at most, and private ones. */
  candidates(): Statement {
    return written((bind) => {
      const read = this.readOneByOne(bind);
      const parts =
        read === undefined ? [] : [`select ${columns} from search_document as document where ${read}`];
      if (parts.length > 0) parts[0] += ` order by place limit ${resultWindow}`;
      if (this.wanted.filters.namespace === undefined) parts.push(this.listed(bind));
      return parts.map((part) => `(${part})`).join(' union all ');
    });
  }

  /** The number of documents, as far as the result window. */
  count(): Statement {
    return written((bind) => {
      const read = this.readOneByOne(bind);
      const counts = [
        `(select count(*) from (select from search_document as document where ${read ?? 'false'} limit ${resultWindow}) as few)`,
      ];
      if (this.wanted.filters.namespace === undefined) {
        const lists = countedLists(this.wanted.query, this.words, this.narrowing).map(
          ({ rows }) => `(${rows(bind, resultWindow)})`,
        );
        const full = lists.map(
          (list) => `when (select count(*) from ${list} as list) >= ${resultWindow} then ${resultWindow}`,
        );
        counts.push(
          `case ${full.join(' ')} else (select count(*) from (${lists.join(' union ')}) as any_list) end`,
        );
      }
      return `select least(${counts.join(' + ')}, ${resultWindow})::int as total`;
    });
  }

  private listed(bind: Bind): string {
    const { order, limit } = this.wanted;
    const depth = order === 'relevance' ? limit : sortedDepth;
    const lists = listsOf(this.wanted.query, this.words, this.narrowing).map(
      ({ weight, rows }) => `(select place, ${weight} as weight from (${rows(bind, depth)}) as list)`,
    );
    const found = `select place, max(weight) as weight from (${lists.join(' union all ')}) as lists group by place`;
    if (order !== 'relevance') {
      return `select ${columns} from (select place as at from (${found}) as found) as best
        join search_document as document on repository_id = ${idSql('best.at')}
        order by ${orderColumns[order]} desc, repository_id limit ${limit}`;
    }
    return `select ${columns} from (
        select place as at from (${found}) as found
        order by weight + ${popularitySql('place')} desc, ${idSql('place')} limit ${limit}) as best
      join search_document as document on repository_id = ${idSql('best.at')}`;
  }

  private readOneByOne(bind: Bind): string | undefined {
    const { query, filters, viewer } = this.wanted;
    const { namespace } = filters;
    if (namespace === undefined && viewer.namespaces.length === 0) return undefined;
    const whose =
      namespace === undefined
        ? `private and namespace = any(${bind(viewer.namespaces)}::text[])`
        : `namespace = ${bind(namespace)} and ${viewer.namespaces.includes(namespace) ? 'true' : 'not private'}`;
    return `${whose} and ${matchSql(bind, query)} and ${filtersSql(bind, this.wanted)}`;
  }
}

/** A statement that tells how common each word is, counted as far as it matters. */
export function commonness(words: readonly (readonly string[])[]): Statement {
  return written((bind) =>
    words
      .map(
        (terms, number) => `select ${number} as number, (select count(*) from (
          select from search_posting where term = any(${bind(terms)}::bigint[]) limit 2001) as sample)::int as found`,
      )
      .join(' union all '),
  );
}

/** A statement as its text is written with values to bind. */
export function written(sql: (bind: Bind) => string): Statement {
  const values: unknown[] = [];
  return { sql: sql((value) => `$${values.push(value)}`), values };
}

function narrowingBy(wanted: CandidatesWanted): Narrowing | undefined {
  const { official, automated, stars } = wanted.filters;
  if (official === undefined && automated === undefined && stars === undefined) return undefined;
  // Stars and being official are parts of popularity, so documents with less of it need not be looked at.
  const least = Math.max(
    official === true ? weights.officialByName : 0,
    stars === undefined ? 0 : weights.stars * Math.log1p(stars),
  );
  const condition = (bind: Bind): string => filtersSql(bind, wanted);
  return least > 0 ? { condition, lastPlace: lastPlaceOf(least) } : { condition };
}

function filtersSql(bind: Bind, { filters }: CandidatesWanted): string {
  const conditions = ['true'];
  if (filters.official !== undefined) conditions.push(filters.official ? 'official' : 'not official');
  if (filters.automated !== undefined) conditions.push(filters.automated ? 'automated' : 'not automated');
  if (filters.stars !== undefined) conditions.push(`stars >= ${bind(filters.stars)}`);
  return conditions.join(' and ');
}
