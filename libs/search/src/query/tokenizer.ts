import { foldHan } from './han-variants';

// Scripts without reliable spaces between words. Those of South-East Asia by `sc`: their extensions include marks that
// Latin letters have, too.
const unspaced =
  '\\p{scx=Han}\\p{scx=Hiragana}\\p{scx=Katakana}\\p{scx=Hangul}\\p{sc=Thai}\\p{sc=Lao}\\p{sc=Khmer}\\p{sc=Myanmar}';
// A word begins with a letter or a digit; combining marks (vowel signs, accents) belong to what is before them.
const run = new RegExp(
  `(?:(?=[${unspaced}])[\\p{L}\\p{N}])(?:(?=[${unspaced}])[\\p{L}\\p{N}\\p{M}]|\\p{M})*|` +
    `(?:(?![${unspaced}])[\\p{L}\\p{N}])(?:(?![${unspaced}])[\\p{L}\\p{N}\\p{M}]|\\p{M})*`,
  'gu',
);
const isUnspaced = new RegExp(`^[${unspaced}]`, 'u');
const cluster = /\P{M}\p{M}*/gu;

// Images in Markdown (a badge is one, usually inside a link) and HTML, also where a crawler truncated the text.
const badge = /\[?!\[[^\]]*(?:\](?:\([^)]*\)?)?)?(?:\]\([^)]*\)?)?|<img\b[^>]*>?/gi;

// Far more than a name or description has; bounds what one row can add to the index.
const maxWords = 400;
const maxWordLength = 64;

// After a word, NFKC would turn them into letters: `Java™` is found by `java`, not by `javatm`.
const marks = /[™℠]/g;
// Characters that only say how a word is drawn or hyphenated.
const invisible = /[\u00ad\u200c\u200d\u2060\ufe00-\ufe0f\ufeff]/g;

// Most texts have only these characters, and are tokenized in a fifth of the time.
const isPlain = /^[ -~]*$/;
const plainRun = /[a-z0-9]+/g;

/** A word of a text and where it is in the folded text. */
export interface Token {
  readonly word: string;
  readonly start: number;
  readonly end: number;
  /** True for a part of a text in a script without spaces. */
  readonly isPart: boolean;
}

/** A folded text and its words, in their order. */
export interface TokenizedText {
  readonly text: string;
  readonly tokens: readonly Token[];
}

/** The normal form in which texts and queries are compared. */
export function fold(text: string): string {
  if (isPlain.test(text)) return text.toLowerCase();
  // Lower case gives a sigma another form at the end of a word, which a query may cut elsewhere than a text.
  const lower = text.replace(marks, ' ').replace(invisible, '').normalize('NFKC').toLowerCase();
  return lower.normalize('NFKC').replaceAll('ς', 'σ');
}

/**
 * The words under which a text is indexed, in their order. Chinese, Japanese, Korean and the scripts of South-East Asia have
 * no reliable spaces, so every character and every pair of neighbours is a word, in the form that stands for its variants.
 */
export function tokenize(text: string): TokenizedText {
  return split(text, (characters) => [...characters, ...pairs(characters)]);
}

/** Like `tokenize`, without the words of badges (build passing, codecov, …), which say nothing about an image. */
export function tokenizeDescription(text: string): TokenizedText {
  return tokenize(text.replace(badge, ' '));
}

/** The words that a document must have to match a query: only pairs where `tokenize` also has single characters. */
export function tokenizeQuery(text: string): TokenizedText {
  return split(text, (characters) => (characters.length === 1 ? characters : pairs(characters)));
}

/** The words of a tokenized text without duplicates. */
export function wordsOf({ tokens }: TokenizedText): string[] {
  return [...new Set(tokens.map(({ word }) => word))];
}

function split(original: string, splitUnspaced: (characters: string[]) => string[]): TokenizedText {
  const text = fold(original);
  const isAscii = isPlain.test(text);
  const tokens: Token[] = [];
  const unique = new Set<string>();
  for (const match of text.matchAll(isAscii ? plainRun : run)) {
    const [word] = match;
    const [start, end] = [match.index, match.index + word.length];
    const isPart = !isAscii && isUnspaced.test(word);
    for (const part of isPart ? splitUnspaced(charactersOf(word)) : [word.slice(0, maxWordLength)]) {
      if (unique.size >= maxWords) return { text, tokens };
      unique.add(part);
      tokens.push({ word: part, start, end, isPart });
    }
  }
  return { text, tokens };
}

function charactersOf(word: string): string[] {
  return [...word].map(foldHan).join('').match(cluster) ?? [];
}

function pairs(characters: string[]): string[] {
  return characters.slice(1).map((character, index) => characters[index]! + character);
}
