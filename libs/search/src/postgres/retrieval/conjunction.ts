import { alternateCoverage, alternateTerms, termsOfWord } from './statement-params';
import type { Bind, ParamSource } from './statement';
import { classShift, coverageIn } from './word-coverage';
import { thousandths } from '../storage/terms';
import { wordCriteria, wordFields } from '../../ranking/text-classes';

/** At most this many documents of the rarest word are read in each field, the most popular ones. */
export const maxCountedDepth = 1000;
// When only a few hits of a suggested name are needed.
const maxUncountedDepth = 200;

/** What varies between the conjunctions of searches with the same number of words. */
export interface ConjunctionOptions {
  readonly maxRankKey?: ParamSource;
  /** A join that keeps the rows of `posting` that pass the filters. */
  readonly filterJoin: string;
  readonly isCounted: boolean;
  readonly probesArrays: boolean;
  /** True if the query has words that stand for some of its words. */
  readonly hasAlternates: boolean;
}

/**
 * Selects `rank_key` and `weight` of the public documents that have a number of words, the rarest first, or alternates
 * that stand for them. It reads the lists of the rarest word and of the alternates once, and probes those of each other
 * word for the rank keys that remain. So it returns the documents of every text class at the same time, and they need no
 * other count.
 */
export function conjunctionSql(bind: Bind, words: number, options: ConjunctionOptions): string {
  const { maxRankKey, hasAlternates } = options;
  const bound = maxRankKey === undefined ? '' : ` and rank_key <= ${bind(maxRankKey)}`;
  const depth = options.isCounted ? maxCountedDepth : maxUncountedDepth;
  const list = (term: string): string =>
    `select rank_key from search_posting where term = ${term}${bound} order by rank_key limit ${depth}`;
  const rarest = bind(termsOfWord(0));
  const lists = wordFields.map(
    (field, index) => `(select rank_key, ${coverageIn(field, 1, words)}::bigint as coverage
      from (${list(`(${rarest}::bigint[])[${index + 1}]`)}) as listed)`,
  );
  const tables = [`word0 as materialized (${lists.join(' union all ')})`];
  if (hasAlternates) {
    tables.push(`alternates as materialized (
      select rank_key, coverage from unnest(${bind(alternateTerms)}::bigint[], ${bind(alternateCoverage)}::bigint[])
        as alternate (term, coverage)
      cross join lateral (${list('alternate.term')}) as listed)`);
  }
  for (let index = 1; index < words; index += 1) {
    const terms = `${bind(termsOfWord(index))}::bigint[]`;
    const remaining = `select rank_key from word${index - 1}`;
    const rankKeys = hasAlternates ? `${remaining} union select rank_key from alternates` : remaining;
    tables.push(`word${index} as materialized (select posting.rank_key, ${coverageSql(terms, index, words)} as coverage
      from ${probeSql(terms, rankKeys, options.probesArrays)})`);
  }
  const all = tables.map((table) => `select rank_key, coverage from ${table.split(' ', 1)[0]!}`);
  // A union, not a join: the planner does not know how many rows there are, and might compare each with each.
  return `with ${tables.join(', ')} select rank_key, weight from (
    select rank_key, ${weightSql(words)} as weight from (
      select rank_key, bit_or(coverage) as coverage from (${all.join(' union all ')}) as found group by rank_key) as grouped
     where ${coversAllSql(wordCriteria.length - 1, words)}) as posting ${options.filterJoin}`;
}

// With one array, PostgreSQL walks the pages of a list once for all rank keys, in half the time of separate lookups.
function probeSql(terms: string, rankKeys: string, asArray: boolean): string {
  return asArray
    ? `search_posting as posting where term = any(${terms}) and rank_key = any(array(${rankKeys}))`
    : `(${rankKeys}) as candidate cross join lateral (select term, rank_key from search_posting
        where term = any(${terms}) and rank_key = candidate.rank_key limit 1) as posting`;
}

function coverageSql(terms: string, word: number, words: number): string {
  const coverages = wordFields.map((field) => coverageIn(field, 1 << word, words));
  const cases = coverages
    .slice(0, -1)
    .map((one, index) => `when term = (${terms})[${index + 1}] then ${one}`);
  return `(case ${cases.join(' ')} else ${coverages.at(-1)!} end)::bigint`;
}

// The weight of the heaviest class whose fields have every word: a document is listed under a word in one field, but may
// have a word and an alternate of it in two.
function weightSql(words: number): string {
  const cases = wordCriteria
    .slice(0, -1)
    .map(({ weight }, criterion) => `when ${coversAllSql(criterion, words)} then ${thousandths(weight)}`);
  return `case ${cases.join('\n  ')}
  else ${thousandths(wordCriteria.at(-1)!.weight)} end`;
}

function coversAllSql(criterion: number, words: number): string {
  const all = (1 << words) - 1;
  return `(coverage >> ${classShift(criterion, words)}) & ${all} = ${all}`;
}
