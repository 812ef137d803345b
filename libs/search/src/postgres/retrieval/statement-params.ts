import { bigints, type ParamSource } from './statement';
import { prefixTerm, wordTerms } from '../storage/terms';

// Values that several parts of a statement use. Each is one function, so that it is bound once.

/** The parts of the query that names are compared with. */
export const operands: Readonly<Record<'namespace' | 'name', ParamSource>> = {
  namespace: ({ request }) => request.query.namespace,
  name: ({ request }) => request.query.name,
};

/** Upper bounds of the names that begin with an operand. Names are ASCII; no byte of one is greater than DEL. */
export const operandBounds: Readonly<Record<'namespace' | 'name', ParamSource>> = {
  namespace: ({ request }) => `${request.query.namespace}\x7f`,
  name: ({ request }) => `${request.query.name}\x7f`,
};

/** The term of popular names that begin with the name in the query. */
export const namePrefixTerm: ParamSource = ({ request }) => prefixTerm(request.query.name!);

const termSources: ParamSource[] = [];

/** The terms of a word in each of `wordFields`; the rarest word has index 0. */
export function termsOfWord(index: number): ParamSource {
  return (termSources[index] ??= ({ words }) => bigints(wordTerms(words[index]!)));
}
