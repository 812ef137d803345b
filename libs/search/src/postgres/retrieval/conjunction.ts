import { termsOfWord } from './statement-params';
import type { Bind, ParamSource } from './statement';
import { thousandths, wordFields } from '../storage/terms';
import { weights } from '../../ranking/weights';

// So many documents of the rarest word are looked at in each field, the most popular ones; fewer where a few hits of a
// name that may have been meant are all that is wanted.
const countedDepth = 1000;
const uncountedDepth = 200;

// A document is listed under a word in one field; the fields in which it has the words, as bits, tell its text class.
const bits = new Map(wordFields.map((field, index) => [field, 1 << index]));
const [inNamespace, inName, inOfficial] = [1, 2, 4] as const;

const classSql = `case when fields = ${inNamespace} then ${thousandths(weights.wordInNamespace)}
  when fields & ~${inNamespace | inName} = 0 then ${thousandths(weights.wordInName)}
  when fields & ~${inName | inOfficial} = 0 then ${thousandths(weights.officialByDescription - weights.officialByName)}
  else ${thousandths(weights.description)} end`;

/**
 * `select rank key, weight …` of the public documents that have so many words, the rarest first. One pass over the lists
 * of the rarest word; those of each other word are probed for the rank keys that are left. So it gives every text class at
 * once, and they need no other count.
 */
export function conjunctionSql(
  bind: Bind,
  words: number,
  options: {
    readonly lastPlace?: ParamSource;
    readonly agreeing: string;
    readonly isCounted: boolean;
    readonly looksUpArrays: boolean;
  },
): string {
  const upTo = options.lastPlace === undefined ? '' : ` and rank_key <= ${bind(options.lastPlace)}`;
  const depth = options.isCounted ? countedDepth : uncountedDepth;
  const rarest = bind(termsOfWord(0));
  const lists = wordFields.map(
    (field, index) => `(select rank_key, ${bits.get(field)} as fields from search_posting
      where term = (${rarest}::bigint[])[${index + 1}]${upTo} order by rank_key limit ${depth})`,
  );
  const tables = [`word0 as materialized (${lists.join(' union all ')})`];
  for (let index = 1; index < words; index += 1) {
    const terms = `${bind(termsOfWord(index))}::bigint[]`;
    tables.push(`word${index} as materialized (select posting.rank_key, ${fieldSql(terms)} as fields
      from ${probed(terms, `select rank_key from word${index - 1}`, options.looksUpArrays)})`);
  }
  const all = tables.map((_, index) => `select rank_key, fields from word${index}`);
  // Gathered, not joined: the planner knows nothing of how many there are, and might compare each with each.
  return `with ${tables.join(', ')} select rank_key, ${classSql} as weight from (
    select rank_key, bit_or(fields) as fields from (${all.join(' union all ')}) as had
    group by rank_key having count(*) = ${words}) as posting ${options.agreeing}`;
}

// As one array PostgreSQL walks the pages of a list once for all rank keys, in half the time that looking up each takes.
function probed(terms: string, rankKeys: string, asArray: boolean): string {
  return asArray
    ? `search_posting as posting where term = any(${terms}) and rank_key = any(array(${rankKeys}))`
    : `(${rankKeys}) as sought cross join lateral (select term, rank_key from search_posting
        where term = any(${terms}) and rank_key = sought.rank_key limit 1) as posting`;
}

function fieldSql(terms: string): string {
  const cases = wordFields
    .slice(0, -1)
    .map((field, index) => `when term = (${terms})[${index + 1}] then ${bits.get(field)}`);
  return `case ${cases.join(' ')} else ${bits.get(wordFields.at(-1)!)} end`;
}
