import { bigints, type ParamSource } from './statement';
import { term, wordTerms } from '../storage/terms';

// Values that several parts of a statement take from a search. Each is one function, so that it is bound once.

/** The namespace that was named. */
export const namespaceOf: ParamSource = ({ wanted }) => wanted.query.namespace;

/** The name, or its beginning. */
export const nameOf: ParamSource = ({ wanted }) => wanted.query.name;

/** Where the names that begin so end. Names are ASCII; no byte of one is greater than DEL. */
export const afterName: ParamSource = ({ wanted }) => `${wanted.query.name}\x7f`;

/** The term of popular names that begin so. */
export const prefixOf: ParamSource = ({ wanted }) => term('beginning', wanted.query.name!);

const ofWords: ParamSource[] = [];

/** Terms of a word in every field, as `wordFields` has them; the rarest word is the first. */
export function termsOfWord(index: number): ParamSource {
  return (ofWords[index] ??= ({ words }) => bigints(wordTerms(words[index]!)));
}
