import type { ImageKind } from '@central-index/repositories';
import { requiredPlatform } from '../../engine/platforms';
import type { Alternate } from '../../query/query-alternates';
import { bigints, type ParamSource, type StatementInput } from './statement';
import { everyTerm, prefixTerm, wordTerms } from '../storage/terms';
import { coverageIn } from './word-coverage';
import { wordFields, type WordField } from '../../ranking/text-classes';

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

const coveringSources: ParamSource[] = [];

/** The terms of a word and of all alternates that stand for it, in each field. */
export function termsCovering(index: number): ParamSource {
  return (coveringSources[index] ??= ({ request, words }) => {
    const word = words[index]!;
    const alternates = request.query.alternates.filter(({ covers }) => covers.includes(word));
    return bigints([word, ...alternates.map((one) => one.word)].flatMap(wordTerms));
  });
}

/** The term of the platform that the filters require. */
export const platformTerm: ParamSource = ({ request }) => everyTerm(requiredPlatform(request.filters));

// Nearly all is an image, and what is none runs on no platform: the shorter list is read.
const commonKinds: readonly (ImageKind | undefined)[] = ['image', 'index', undefined];

/** The term of the list of all documents, or of those of the kind or the platform that the filters require. */
export const allTerm: ParamSource = ({ request: { filters } }) =>
  everyTerm(commonKinds.includes(filters.kind) ? (requiredPlatform(filters) ?? filters.kind) : filters.kind);

// One entry for each alternate and field.
function ofAlternates(
  value: (alternate: Alternate, field: WordField, input: StatementInput) => string,
): ParamSource {
  return (input) =>
    bigints(
      input.request.query.alternates.flatMap((alternate) =>
        wordFields.map((field) => value(alternate, field, input)),
      ),
    );
}

/** The terms of all alternates in each field. */
export const alternateTerms = ofAlternates(({ word }, field) => wordTerms(word)[wordFields.indexOf(field)]!);

/** What `alternateTerms` cover. Another spelling counts as secondary, whatever the field. */
export const alternateCoverage = ofAlternates(({ covers, isOtherSpelling }, field, { words }) => {
  const covered = covers.reduce((bits, word) => bits | (1 << words.indexOf(word)), 0);
  return coverageIn(isOtherSpelling ? 'secondary' : field, covered, words.length);
});
