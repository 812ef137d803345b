import type { TextClass } from '@central-index/search';

const matches: Readonly<Record<TextClass, string>> = {
  nameExact: 'its name is what you searched for',
  namePrefix: 'its name begins with what you searched for',
  namespaceExact: 'its namespace is what you searched for',
  namedNamespace: 'it is in the namespace that you named',
  wordInNamespace: 'your words are in its namespace',
  wordInName: 'your words are in its name',
  description: 'your words are in its description',
  secondary: 'your words are in what its newest image says of itself, or are spelt another way',
};

/** Texts of the filters of a search with their counts, and of why a result stands where it stands. */
export const searchTexts = {
  /** A value of a filter, and how many results it leaves. */
  counted: (label: string, count: string, exact: boolean): string =>
    `${label} (${exact ? '' : '≥ '}${count})`,
  stars: (count: string): string => `${count} or more`,
  anyStars: 'Any number',
  system: 'Operating system',
  architecture: 'Architecture',
  any: 'Any',
  popular: 'Popular',
  clear: 'Remove all filters',
  why: 'Why this order?',
  whyHide: 'Hide why',
  whyText:
    'The exact name comes first. All others are ordered by how they match, plus their stars, recent pulls, and whether they are official.',
  matches,
  pinned: 'It is exactly what you searched for, so it comes first.',
  corrected: (name: string): string => `It matches “${name}”, which you may have meant.`,
  score: (position: string, match: string): string => `${position}. Here because ${match}.`,
  parts: (text: string, popularity: string, official: string, score: string): string =>
    `match ${text} + popularity ${popularity} + official ${official} = ${score}`,
  without: (query: string): string => `All results for “${query}”`,
  whole: 'Show all images',
  guide: 'How to search',
};
