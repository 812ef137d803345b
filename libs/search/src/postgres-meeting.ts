import { bigints, type Bind, type SizedWord, type Source } from './postgres-statement';
import { idSql, wordFields, wordTerms } from './postgres-terms';
import { weights } from './weights';

/** So far documents of a word are counted: lists that are longer are not read to their end. */
export const countedDocuments = 20_000;

// So many documents of the rarest word are looked at in each field, the most popular ones.
const meetingDepth = 1000;

// Looking at one document costs about as much as reading so many rows of a list.
const rowsForALook = 15;

// A document is listed under a word in one field; the fields in which it has the words, as bits, tell its text class.
const bits = new Map(wordFields.map((field, index) => [field, 1 << index]));
const [inNamespace, inName, inOfficial] = [1, 2, 4] as const;

const thousandths = (weight: number): number => Math.round(weight * 1000);
const classSql = `case when fields = ${inNamespace} then ${thousandths(weights.wordInNamespace)}
  when fields & ~${inNamespace | inName} = 0 then ${thousandths(weights.wordInName)}
  when fields & ~${inName | inOfficial} = 0 then ${thousandths(weights.officialByDescription - weights.officialByName)}
  else ${thousandths(weights.description)} end`;

/**
 * `select place, weight …` of the public documents that have several words, `words` being the rarest first. One pass
 * over the lists of the rarest word: the next one is met by reading its lists too where that is cheaper than looking
 * at each document, all others in the documents. So it gives every text class at once, and they need no other count.
 */
export function meetingSql(
  bind: Bind,
  words: readonly SizedWord[],
  options: { readonly lastPlace?: Source; readonly agreeing: string },
): string {
  const isRead = isNextRead(words);
  const looked = words.map((_, index) => index).slice(isRead ? 2 : 1);
  const upTo = options.lastPlace === undefined ? '' : ` and place <= ${bind(options.lastPlace)}`;
  const rare = bind(termsOfWord(0));
  const lists = wordFields.map(
    (field, index) => `(select place, ${bits.get(field)} as fields from search_posting
      where term = (${rare}::bigint[])[${index + 1}]${upTo} order by place limit ${meetingDepth})`,
  );
  const joins: string[] = [];
  const fields = ['rare.fields'];
  if (isRead) {
    const terms = bind(termsOfWord(1));
    joins.push(`join (select place, ${fieldSql((index) => `term = (${terms}::bigint[])[${index}]`)} as fields
      from search_posting where term = any(${terms}::bigint[])) as next on next.place = rare.place`);
    fields.push('next.fields');
  }
  if (looked.length > 0) {
    const terms = looked.map((index) => `${bind(termsOfWord(index))}::bigint[]`);
    const every = terms.map((ofWord) => `terms && ${ofWord}`).join(' and ');
    const found = terms.map((ofWord) => fieldSql((index) => `terms @> (${ofWord})[${index}:${index}]`));
    joins.push(`cross join lateral (select ${found.join(' | ')} as fields from search_document
      where repository_id = ${idSql('rare.place')} and ${every} limit 1) as looked`);
    fields.push('looked.fields');
  }
  return `select place, ${classSql} as weight from (
    select rare.place, ${fields.join(' | ')} as fields from (${lists.join(' union all ')}) as rare
    ${joins.join(' ')}) as posting ${options.agreeing}`;
}

/** Whether the word that comes after the rarest one is met by reading its lists, because they are short. */
export function isNextRead([rarest, next]: readonly SizedWord[]): boolean {
  const read = Math.min(rarest!.documents, 2 * meetingDepth) * rowsForALook;
  return next!.documents < Math.min(read, countedDocuments);
}

function termsOfWord(index: number): Source {
  return ({ words }) => bigints(wordTerms(words[index]!.word));
}

function fieldSql(isIn: (index: number) => string): string {
  const cases = wordFields
    .slice(0, -1)
    .map((field, index) => `when ${isIn(index + 1)} then ${bits.get(field)}`);
  return `case ${cases.join(' ')} else ${bits.get(wordFields.at(-1)!)} end`;
}
