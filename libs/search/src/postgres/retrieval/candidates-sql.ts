import { likePattern } from '@central-index/naming';
import { conjunctionSql } from './conjunction';
import { filterJoin, filtersFor, filtersSql, type Filters } from './filters';
import { countedLists, listsOf, matchSql } from './lists';
import { filterCountsSql } from './filter-counts';
import { documentsSql } from './result';
import { existsSql } from '../storage/existing-documents.queries';
import { bigints, type Bind, type ParamSource, type StatementInput } from './statement';
import { isCorrectable } from './statement-shape';
import { similarNamesSql } from '../storage/spelling-dictionary.queries';
import { nearHashes, nearLengths } from '../storage/spelling-keys';
import { idSql, popularitySql } from '../storage/terms';
import { requiredPlatform } from '../../engine/platforms';
import {
  countedWindow,
  resultWindow,
  type CandidateRequest,
  type SearchOrder,
  type Viewer,
} from '../../engine/search-engine';
import { weights } from '../../ranking/weights';

const columns = `repository_id, namespace, name, official, automated, private, kinds, platforms, description, stars, pulls,
  image_text, ${popularitySql('rank_key')} / 1000.0::float8 as popularity, updated_at, pushed_at, version`;

const orderColumns: Readonly<Record<Exclude<SearchOrder, 'relevance'>, string>> = {
  stars: 'stars desc',
  pulls: 'pulls desc',
  updated: 'updated_at desc',
  pushed: 'pushed_at desc nulls last',
};

// The weight of a description as PostgreSQL computes it. Unlike `prominence`, it takes tabs and line breaks for text, so
// a few more names may be returned, which the caller does not use.
const descriptionWeight = `case when trim(description) = '' then 0 else ${weights.described} end`;

/** Lists are counted up to this number, twice as far as totals: a list that reaches it will reach the window for a while. */
export const maxCounted = 2 * resultWindow;

// Other orders than that of the lists need the documents themselves: this many of each list, the most popular ones.
const sortedDepth = 10_000;

/**
 * The text of one search: documents, at most `limit` public ones and private ones, and how many there are up to the
 * result window, counted only when the limit was reached. One statement, because a round trip costs about as much as
 * what most searches do in the database. Public documents are read from lists in the order of popularity, so that the most
 * common word costs no more than the page; what a list does not contain is looked up on the way. Private documents of
 * the viewer, and those of one namespace, are few and read one by one. Values are bound, never written into the text.
 */
export function candidatesSql(bind: Bind, input: StatementInput): string {
  return new CandidatesSql(bind, input).statement();
}

/** The text that counts the documents of one search, at most `countedWindow`, by what they can be filtered by. */
export function filterCountsStatementSql(bind: Bind, input: StatementInput): string {
  return new CandidatesSql(bind, input).countStatement();
}

class CandidatesSql {
  private readonly request: CandidateRequest;
  private readonly filters?: Filters;
  private readonly hasConjunction: boolean;
  private readonly isBrowsed: boolean;

  constructor(
    private readonly bind: Bind,
    private readonly input: StatementInput,
  ) {
    const { request, words } = input;
    this.request = request;
    this.filters = filtersFor(request.filters);
    this.hasConjunction = words.length > 1 && request.filters.namespace === undefined;
    this.isBrowsed = isBrowsed(request);
  }

  statement(): string {
    const { limit, skipCount } = this.request;
    const scan = this.scanCondition();
    const found = this.found(scan);
    const tables = this.hasConjunction ? `with matches as materialized (${this.conjunction()})` : '';
    const total = skipCount ? 'null::int' : `case when count(*) >= ${limit} then ${this.count(scan)} end`;
    return `${tables} select ${documentsSql} as documents, ${total} as total, ${this.similarNames()} as "similarNames" from (${found}) as found`;
  }

  countStatement(): string {
    const found = this.found(this.scanCondition());
    const matches = this.hasConjunction ? `matches as materialized (${this.conjunction()}), ` : '';
    return `with ${matches}found as materialized (select official, automated, stars, kinds, platforms
      from (${found}) as found limit ${countedWindow}) ${filterCountsSql}`;
  }

  // The documents, at most `limit` public ones.
  private found(scan: string | undefined): string {
    const parts: string[] = [];
    if (scan !== undefined) {
      parts.push(
        `select ${columns} from search_document as document where ${scan} order by ${this.scanOrder()} limit ${resultWindow}`,
      );
    }
    if (this.request.filters.namespace === undefined) parts.push(this.listed());
    return parts.map((part) => `(${part})`).join(' union all ');
  }

  // Names that may have been meant, where certainly no document is what was meant.
  private similarNames(): string {
    if (!isCorrectable(this.request)) return 'null::json';
    const minProminence = this.bind(({ request }) => request.suggestBelow);
    const similar = similarNamesSql(
      this.bind(({ request }) => bigints(nearHashes(request.query.text))),
      this.bind(({ request }) => bigints(nearLengths(request.query.text))),
    );
    return `case when coalesce(max(popularity - ${descriptionWeight}), 0) < ${minProminence}::float8
      then (select coalesce(json_agg(spelling), '[]') from (${similar}) as spelling) end`;
  }

  private count(scan: string | undefined): string {
    const counts: string[] = [];
    if (scan !== undefined) {
      counts.push(
        `(select count(*) from (select from search_document as document where ${scan} limit ${maxCounted}) as scanned)`,
      );
    }
    if (this.request.filters.namespace === undefined && this.isBrowsed) {
      counts.push(
        `(select count(*) from (select from search_document as document where ${this.browsed()} limit ${maxCounted}) as browsed)`,
      );
    } else if (this.request.filters.namespace === undefined) {
      const lists = countedLists(this.request.query, this.filters).map((list) => {
        return (limit: number) => list(this.bind, limit);
      });
      if (this.hasConjunction) lists.push((limit) => `select rank_key from matches limit ${limit}`);
      const all = lists.map((list) => `(${list(resultWindow)})`).join(' union ');
      // A list that reaches the window is the whole answer: no other one is read then.
      counts.push(
        lists.reduceRight(
          (others, list) =>
            `(select case when n >= ${resultWindow} then n else ${others} end
              from (select count(*) as n from (${list(maxCounted)}) as list) as counted)`,
          `(select count(*) from (${all}) as all_lists)`,
        ),
      );
    }
    return `least(${counts.join(' + ')}, ${maxCounted})::int`;
  }

  private conjunction(): string {
    return conjunctionSql(this.bind, this.input.words.length, {
      maxRankKey: this.filters?.maxRankKey,
      filterJoin: filterJoin(this.bind, this.filters),
      isCounted: this.request.skipCount !== true,
      probesArrays: this.input.probesArrays,
      hasAlternates: this.request.query.alternates.length > 0,
    });
  }

  /** Condition on the documents that are listed in an order of their own. */
  private browsed(): string {
    return `not private and ${filtersSql(this.bind, this.request.filters)}`;
  }

  private listed(): string {
    const { query, order, limit } = this.request;
    if (order !== 'relevance' && this.isBrowsed) {
      return `select ${columns} from search_document as document where ${this.browsed()}
        order by ${orderColumns[order]}, repository_id limit ${limit}`;
    }
    const depth = order === 'relevance' ? limit : sortedDepth;
    const best = `order by weight + ${popularitySql('rank_key')} desc, ${idSql('rank_key')} limit ${depth}`;
    const lists = listsOf(query, this.filters).map((list) => `(${list(this.bind, depth)})`);
    if (this.hasConjunction) lists.push(`(select rank_key, weight from matches ${best})`);
    const found = `select rank_key, max(weight) as weight from (${lists.join(' union all ')}) as lists group by rank_key`;
    if (order !== 'relevance') {
      return `select ${columns} from (select rank_key as at from (${found}) as found) as best
        join search_document as document on repository_id = ${idSql('best.at')}
        order by ${orderColumns[order]}, repository_id limit ${limit}`;
    }
    return `select ${columns} from (select rank_key as at from (${found}) as found ${best}) as best
      join search_document as document on repository_id = ${idSql('best.at')}`;
  }

  private scanOrder(): string {
    const { order } = this.request;
    return order === 'relevance' ? 'rank_key' : `${orderColumns[order]}, repository_id`;
  }

  // The documents that are read one by one, if there are any.
  private scanCondition(): string | undefined {
    const { bind } = this;
    const { query, filters, viewer } = this.request;
    const { namespace } = filters;
    if (namespace === undefined && viewer.namespaces.length === 0) return undefined;
    const visible =
      namespace === undefined
        ? `private and ${ownSql(bind, viewer)}`
        : `namespace = ${bind(({ request }) => request.filters.namespace)} and (not private or ${ownSql(bind, viewer)})`;
    return `${visible} and ${matchSql(bind, query)} and ${filtersSql(bind, filters)}`;
  }
}

// Each order has an index, which is read from its beginning. Few documents are of a kind, run on a platform, or have many
// stars: these are found by their lists.
function isBrowsed({ query, order, filters }: CandidateRequest): boolean {
  const isCommon = filters.kind === undefined && requiredPlatform(filters) === undefined;
  const isOrdered = order === 'stars' || (order !== 'relevance' && filters.stars === undefined);
  return query.text === '' && isCommon && isOrdered;
}

const likePatterns: ParamSource = ({ request }) => request.viewer.patterns?.map(likePattern);

// What the viewer may see although it is private. A document becomes private when its repository is deleted, too.
function ownSql(bind: Bind, { patterns }: Viewer): string {
  const own = `namespace = any(${bind(({ request }) => request.viewer.namespaces)}::text[]) and ${existsSql}`;
  if (patterns === undefined) return own;
  return `${own} and namespace || '/' || name like any(${bind(likePatterns)}::text[])`;
}
