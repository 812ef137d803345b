import { wordCriteria, type WordField } from '../../ranking/text-classes';

// Which words of a query a document has, for each of `wordCriteria` in its fields: one group of bits for each criterion, in
// one integer of 64 bits. One aggregate then finds the heaviest criterion that has every word.

/** By how many bits the group of a criterion is shifted. A query has at most ten words, and there are five criteria. */
export const classShift = (criterion: number, words: number): number => criterion * words;

/** The coverage of a document that has words of the query in a field. `covered`: bits of the words, the rarest being the lowest. */
export function coverageIn(field: WordField, covered: number, words: number): string {
  const groups = wordCriteria.map(({ fields }, criterion) =>
    fields.includes(field) ? BigInt(covered) << BigInt(classShift(criterion, words)) : 0n,
  );
  return String(groups.reduce((all, group) => all | group, 0n));
}
