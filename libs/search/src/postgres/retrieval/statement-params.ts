import { bigints, type Source } from './statement';
import { term, wordTerms } from '../storage/terms';

// Values that several parts of a statement take from a search. Each is one function, so that it is bound once.

/** The namespace that was named. */
export const namespaceOf: Source = ({ wanted }) => wanted.query.namespace;

/** The name, or its beginning. */
export const nameOf: Source = ({ wanted }) => wanted.query.name;

/** Where the names that begin so end. Names are ASCII; no byte of one is greater than DEL. */
export const afterName: Source = ({ wanted }) => `${wanted.query.name}\x7f`;

/** The term of popular names that begin so. */
export const beginningOf: Source = ({ wanted }) => term('beginning', wanted.query.name!);

const ofWords: Source[] = [];

/** Terms of a word in every field, as `wordFields` has them; the rarest word is the first. */
export function termsOfWord(index: number): Source {
  return (ofWords[index] ??= ({ words }) => bigints(wordTerms(words[index]!)));
}
