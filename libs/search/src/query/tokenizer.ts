import { foldHan } from './han-variants';

const cjk = '\\p{scx=Han}\\p{scx=Hiragana}\\p{scx=Katakana}\\p{scx=Hangul}';
const run = new RegExp(`[${cjk}]+|(?:(?![${cjk}])[\\p{L}\\p{N}\\p{M}])+`, 'gu');
const isCjk = new RegExp(`^[${cjk}]`, 'u');

// Images in Markdown (a badge is one, mostly inside a link) and HTML; also when a crawl cut the text in the middle.
const badge = /\[?!\[[^\]]*(?:\](?:\([^)]*\)?)?)?(?:\]\([^)]*\)?)?|<img\b[^>]*>?/gi;

// Far beyond what a name or description holds; bounds what one row may put into the word indexes.
const maxWords = 400;
const maxWordLength = 64;

// Shorter beginnings are of too many words, and shorter words (`source`, `server`) of too many descriptions. By them
// the nDCG@10 of the development judgments is .69 instead of .67: java finds node, a JavaScript platform.
const minPrefixLength = 4;
const minPrefixedLength = 7;

// Beside a word, NFKC would make letters of it: `Java™` is found by `java`, not by `javatm`.
const marks = /[™℠]/g;

// Most texts are of these characters alone, and are read in a fifth of the time.
const isPlain = /^[ -~]*$/;
const plainRun = /[a-z0-9]+/g;

/** The one normal form in which texts and queries are compared. */
export function fold(text: string): string {
  if (isPlain.test(text)) return text.toLowerCase();
  return text.replace(marks, ' ').normalize('NFKC').toLowerCase();
}

/**
 * The words under which a text is found, without repeats. Chinese, Japanese and Korean are written without reliable
 * spaces: there every character and every pair of neighbours is a word, in the one form that its variants have.
 */
export function indexTokens(text: string): string[] {
  return words(text, (characters) => [...characters, ...pairs(characters)]);
}

/** As `wordsOf`, without the words of badges (build passing, codecov, …), which say nothing of an image. */
export function descriptionTokens(text: string): string[] {
  return indexTokens(text.replace(badge, ' '));
}

/**
 * What a description is found by. That of an official repository also by the beginnings of its words: those are few,
 * and a long word is often searched by what it begins with.
 */
export function descriptionTokensOf(document: { official: boolean; description: string }): string[] {
  const words = descriptionTokens(document.description);
  if (!document.official) return words;
  return [...new Set(words.flatMap((word) => [word, ...prefixesOf(word)]))];
}

function prefixesOf(word: string): string[] {
  const beginnings: string[] = [];
  if (word.length < minPrefixedLength) return beginnings;
  for (let length = minPrefixLength; length < word.length; length++) beginnings.push(word.slice(0, length));
  return beginnings;
}

/** The words that a query asks for: pairs where `wordsOf` keeps characters besides. */
export function queryTokens(text: string): string[] {
  return words(text, (characters) => (characters.length === 1 ? characters : pairs(characters)));
}

function words(text: string, ofCjk: (characters: string[]) => string[]): string[] {
  const folded = fold(text);
  const isAscii = isPlain.test(folded);
  const found = new Set<string>();
  for (const match of folded.match(isAscii ? plainRun : run) ?? []) {
    for (const word of !isAscii && isCjk.test(match)
      ? ofCjk([...match].map(foldHan))
      : [match.slice(0, maxWordLength)]) {
      if (found.size >= maxWords) return [...found];
      found.add(word);
    }
  }
  return [...found];
}

function pairs(characters: string[]): string[] {
  return characters.slice(1).map((character, index) => characters[index]! + character);
}
