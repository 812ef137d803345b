import { withoutAccents } from './accents';
import { joinedRuns } from './joined-words';
import type { TokenizedText } from './tokenizer';

/** A word that stands for some words of a query: a document that has it needs none of those. */
export interface Alternate {
  readonly word: string;
  /** The words of the query that it stands for. */
  readonly covers: readonly string[];
  /** True for another spelling, which counts for less than the exact one. */
  readonly isOtherSpelling: boolean;
}

/** The alternates of the words of a query: neighbours written as one word, and spellings without accents. */
export function alternatesOf(query: TokenizedText, words: readonly string[]): Alternate[] {
  const tokens = query.tokens.filter(({ word }) => words.includes(word));
  const runs = new Map(joinedRuns({ text: query.text, tokens }).map(({ word, parts }) => [word, parts]));
  const joined = [...runs]
    .filter(([word]) => !words.includes(word))
    .map(([word, parts]) => ({ word, covers: [...new Set(parts)], isOtherSpelling: false }));
  const unaccented = words
    .map((word) => ({ word: withoutAccents(word), covers: [word], isOtherSpelling: true }))
    .filter(({ word, covers }) => !covers.includes(word));
  return [...joined, ...unaccented];
}
