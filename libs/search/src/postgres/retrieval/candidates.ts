import { likePattern } from '@central-index/naming';
import { countedLists, listsOf, matchSql } from './lists';
import { conjunctionSql } from './conjunction';
import { filterJoin, filtersSql, filtersFor, type Filters } from './filters';
import { nearHashes, nearLengths, nearNamesSql } from '../storage/spelling-dictionary';
import { documentsSql } from './result';
import {
  bigints,
  StatementTemplate,
  type StatementInput,
  type Bind,
  type ParamSource,
  type Statement,
} from './statement';
import { editsAllowed, lettersOf } from '../../query/spelling';
import { idSql, isListed, popularitySql } from '../storage/terms';
import {
  resultWindow,
  type CandidateRequest,
  type SearchOrder,
  type Viewer,
} from '../../engine/search-engine';
import { weights } from '../../ranking/weights';

const columns = `repository_id, namespace, name, official, automated, private, description, stars, pulls,
  ${popularitySql('rank_key')} / 1000.0::float8 as popularity, updated_at, version`;

const orderColumns: Readonly<Record<Exclude<SearchOrder, 'relevance'>, string>> = {
  stars: 'stars',
  pulls: 'pulls',
  updated: 'updated_at',
};

// Beside `renown` this may err to more names, of which the caller needs none.
const described = `case when trim(description) = '' then 0 else ${weights.described} end`;

// Other orders than that of the lists need the documents themselves; so many of each list, the most popular ones.
const sortedDepth = 10_000;

// Searches of more words are few, and of as many shapes as others.
const maxCommonWords = 4;

// Writing a statement takes an eighth of a server's time for a search, and most searches are of few shapes.
const known = new Map<string, StatementTemplate>();

/**
 * The statement of one search: documents, `limit` public ones at most and private ones, and how many there are as far
 * as the result window, counted only when the limit was reached. One statement, because going to the database costs
 * about as much as what most searches do there. Public documents are read from lists in the order of popularity, the
 * commonest word costing no more than the page; what a list cannot know is looked up on the way. Private documents of
 * the viewer, and those of one namespace, are few and read one by one. Values are bound, never written into the text.
 */
export function candidatesStatement(asked: StatementInput): Statement {
  const key = shapeKey(asked);
  if (key === undefined) return writtenFor(asked).bind(asked);
  let shape = known.get(key);
  if (shape === undefined) known.set(key, (shape = writtenFor(asked)));
  return shape.bind(asked);
}

/** Writes the statement of a search anew, as it is for all searches of the same shape. */
export function writtenFor(asked: StatementInput): StatementTemplate {
  const isCommon = shapeKey(asked) !== undefined;
  return StatementTemplate.build((bind) => new CandidatesSql(bind, asked).statement(), isCommon);
}

/**
 * Everything that the text of a statement depends on, of searches that come often. Undefined for others: connections
 * keep the plans of statements they were asked, so there must be few texts.
 */
export function shapeKey({ wanted, words, looksUpArrays }: StatementInput): string | undefined {
  const { query, filters, order, viewer, limit, skipCount } = wanted;
  const isFiltered = Object.values(filters).some((value) => value !== undefined);
  if (order !== 'relevance' || isFiltered || words.length > maxCommonWords) return undefined;
  const { namespace, name, paths } = query;
  return [
    limit,
    skipCount === true,
    isSpelt(wanted),
    namespace !== undefined,
    name !== undefined && (isListed(name) ? 'listed' : 'long'),
    paths.length,
    words.length,
    looksUpArrays,
    viewer.namespaces.length > 0 && (viewer.patterns === undefined ? 'own' : 'some'),
  ].join(' ');
}

class CandidatesSql {
  private readonly wanted: CandidateRequest;
  private readonly filters?: Filters;
  private readonly hasConjunction: boolean;

  constructor(
    private readonly bind: Bind,
    private readonly asked: StatementInput,
  ) {
    const { wanted, words } = asked;
    this.wanted = wanted;
    this.filters = filtersFor(wanted.filters);
    this.hasConjunction = words.length > 1 && wanted.filters.namespace === undefined;
  }

  statement(): string {
    const { filters, limit, skipCount } = this.wanted;
    const read = this.readOneByOne();
    const parts: string[] = [];
    if (read !== undefined) {
      parts.push(
        `select ${columns} from search_document as document where ${read} order by rank_key limit ${resultWindow}`,
      );
    }
    if (filters.namespace === undefined) parts.push(this.listed());
    const tables = this.hasConjunction ? `with met as materialized (${this.matches()})` : '';
    const total = skipCount ? 'null::int' : `case when count(*) >= ${limit} then ${this.count(read)} end`;
    const found = parts.map((part) => `(${part})`).join(' union all ');
    return `${tables} select ${documentsSql} as documents, ${total} as total, ${this.near()} as near from (${found}) as found`;
  }

  // Names that may have been meant, where certainly no document is what was meant.
  private near(): string {
    if (!isSpelt(this.wanted)) return 'null::json';
    const least = this.bind(({ wanted }) => wanted.suggestBelow);
    const near = nearNamesSql(
      this.bind(({ wanted }) => bigints(nearHashes(wanted.query.text))),
      this.bind(({ wanted }) => bigints(nearLengths(wanted.query.text))),
    );
    return `case when coalesce(max(popularity - ${described}), 0) < ${least}::float8
      then (select coalesce(json_agg(near), '[]') from (${near}) as near) end`;
  }

  private count(read: string | undefined): string {
    const counts: string[] = [];
    if (read !== undefined) {
      counts.push(
        `(select count(*) from (select from search_document as document where ${read} limit ${resultWindow}) as few)`,
      );
    }
    if (this.wanted.filters.namespace === undefined) {
      const lists = countedLists(this.wanted.query, this.filters).map((list) => {
        return () => list(this.bind, resultWindow);
      });
      if (this.hasConjunction) lists.push(() => 'select rank_key from met');
      // One that is full is the whole answer; to see that it is costs less than to count it.
      const full = lists.map(
        (list) => `when exists (${list()} offset ${resultWindow - 1}) then ${resultWindow}`,
      );
      const all = lists.map((list) => `(${list()})`).join(' union ');
      counts.push(`(case ${full.join(' ')} else (select count(*) from (${all}) as all_lists) end)`);
    }
    return `least(${counts.join(' + ')}, ${resultWindow})::int`;
  }

  private matches(): string {
    return conjunctionSql(this.bind, this.asked.words.length, {
      lastPlace: this.filters?.maxRankKey,
      agreeing: filterJoin(this.bind, this.filters),
      isCounted: this.wanted.skipCount !== true,
      looksUpArrays: this.asked.looksUpArrays,
    });
  }

  private listed(): string {
    const { query, order, limit } = this.wanted;
    const depth = order === 'relevance' ? limit : sortedDepth;
    const best = `order by weight + ${popularitySql('rank_key')} desc, ${idSql('rank_key')} limit ${depth}`;
    const lists = listsOf(query, this.filters).map((list) => `(${list(this.bind, depth)})`);
    if (this.hasConjunction) lists.push(`(select rank_key, weight from met ${best})`);
    const found = `select rank_key, max(weight) as weight from (${lists.join(' union all ')}) as lists group by rank_key`;
    if (order !== 'relevance') {
      return `select ${columns} from (select rank_key as at from (${found}) as found) as best
        join search_document as document on repository_id = ${idSql('best.at')}
        order by ${orderColumns[order]} desc, repository_id limit ${limit}`;
    }
    return `select ${columns} from (select rank_key as at from (${found}) as found ${best}) as best
      join search_document as document on repository_id = ${idSql('best.at')}`;
  }

  private readOneByOne(): string | undefined {
    const { bind } = this;
    const { query, filters, viewer } = this.wanted;
    const { namespace } = filters;
    if (namespace === undefined && viewer.namespaces.length === 0) return undefined;
    const whose =
      namespace === undefined
        ? `private and ${ownSql(bind, viewer)}`
        : `namespace = ${bind(({ wanted }) => wanted.filters.namespace)} and (not private or ${ownSql(bind, viewer)})`;
    return `${whose} and ${matchSql(bind, query)} and ${filtersSql(bind, filters)}`;
  }
}

function isSpelt({ query, suggestBelow }: CandidateRequest): boolean {
  return suggestBelow !== undefined && editsAllowed(lettersOf(query.text)) > 0;
}

const viewersPatterns: ParamSource = ({ wanted }) => wanted.viewer.patterns?.map(likePattern);

// What the viewer may see though it is private.
function ownSql(bind: Bind, { patterns }: Viewer): string {
  const own = `namespace = any(${bind(({ wanted }) => wanted.viewer.namespaces)}::text[])`;
  if (patterns === undefined) return own;
  return `${own} and namespace || '/' || name like any(${bind(viewersPatterns)}::text[])`;
}
