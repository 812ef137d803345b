import { foldHan } from './han-variants';

const cjk = '\\p{scx=Han}\\p{scx=Hiragana}\\p{scx=Katakana}\\p{scx=Hangul}';
const run = new RegExp(`[${cjk}]+|(?:(?![${cjk}])[\\p{L}\\p{N}\\p{M}])+`, 'gu');
const isCjk = new RegExp(`^[${cjk}]`, 'u');

// Images in Markdown (a badge is one, usually inside a link) and HTML, also where a crawler truncated the text.
const badge = /\[?!\[[^\]]*(?:\](?:\([^)]*\)?)?)?(?:\]\([^)]*\)?)?|<img\b[^>]*>?/gi;

// Far more than a name or description has; bounds what one row can add to the index.
const maxWords = 400;
const maxWordLength = 64;

// Shorter prefixes begin too many words, and shorter words (`source`, `server`) are in too many descriptions. With these
// limits the nDCG@10 of the development judgments is .69 instead of .67: java finds node, a JavaScript platform.
const minPrefixLength = 4;
const minPrefixedLength = 7;

// After a word, NFKC would turn them into letters: `Java™` is found by `java`, not by `javatm`.
const marks = /[™℠]/g;

// Most texts have only these characters, and are tokenized in a fifth of the time.
const isPlain = /^[ -~]*$/;
const plainRun = /[a-z0-9]+/g;

/** The normal form in which texts and queries are compared. */
export function fold(text: string): string {
  if (isPlain.test(text)) return text.toLowerCase();
  return text.replace(marks, ' ').normalize('NFKC').toLowerCase();
}

/**
 * The words under which a text is indexed, without duplicates. Chinese, Japanese and Korean have no reliable spaces, so
 * every character and every pair of neighbours is a word, in the form that stands for its variants.
 */
export function indexTokens(text: string): string[] {
  return words(text, (characters) => [...characters, ...pairs(characters)]);
}

/** Like `indexTokens`, without the words of badges (build passing, codecov, …), which say nothing about an image. */
export function descriptionTokens(text: string): string[] {
  return indexTokens(text.replace(badge, ' '));
}

/**
 * The words under which a description is indexed. For an official repository they include prefixes of its words: those
 * repositories are few, and users often type only the beginning of a long word.
 */
export function descriptionTokensOf(document: { official: boolean; description: string }): string[] {
  const words = descriptionTokens(document.description);
  if (!document.official) return words;
  return [...new Set(words.flatMap((word) => [word, ...prefixesOf(word)]))];
}

function prefixesOf(word: string): string[] {
  const prefixes: string[] = [];
  if (word.length < minPrefixedLength) return prefixes;
  for (let length = minPrefixLength; length < word.length; length++) prefixes.push(word.slice(0, length));
  return prefixes;
}

/** The words that a document must have to match a query: only pairs where `indexTokens` also has single characters. */
export function queryTokens(text: string): string[] {
  return words(text, (characters) => (characters.length === 1 ? characters : pairs(characters)));
}

function words(text: string, splitCjk: (characters: string[]) => string[]): string[] {
  const folded = fold(text);
  const isAscii = isPlain.test(folded);
  const unique = new Set<string>();
  for (const match of folded.match(isAscii ? plainRun : run) ?? []) {
    for (const word of !isAscii && isCjk.test(match)
      ? splitCjk([...match].map(foldHan))
      : [match.slice(0, maxWordLength)]) {
      if (unique.size >= maxWords) return [...unique];
      unique.add(word);
    }
  }
  return [...unique];
}

function pairs(characters: string[]): string[] {
  return characters.slice(1).map((character, index) => characters[index]! + character);
}
