import { LRUCache } from 'lru-cache';
import type { SearchDocument } from '../engine/search-document';
import { withoutAccents } from '../query/accents';
import { joinedByPunctuation, joinedNeighbours } from '../query/joined-words';
import { tokenize, tokenizeDescription, wordsOf } from '../query/tokenizer';
import type { WordField } from './text-classes';

// Shorter prefixes begin too many words, and shorter words (`source`, `server`) are in too many descriptions. With these
// limits the nDCG@10 of the development judgments is .69 instead of .67: java finds node, a JavaScript platform.
const minPrefixLength = 4;
const minPrefixedLength = 7;

// Fewer letters begin so many words that they say nothing, and a posting for each would double the index.
const minInnerPrefix = 3;
const maxInnerPrefix = 12;

/** The fields of a document that its words are read from. */
export type Texts = Pick<SearchDocument, 'namespace' | 'name' | 'official' | 'description' | 'imageText'>;

/** The words of a document's namespace or name, and its neighbours written as one word. */
export function nameTokens(
  field: 'namespace' | 'name',
  document: Pick<Texts, 'namespace' | 'name' | 'official'>,
): readonly string[] {
  // `library` is where an official name is stored, not a word that users search for.
  if (field === 'namespace' && document.official) return [];
  return tokensOfName(document[field]);
}

/** The words that a document has in a field: none in a field that it does not have. */
export function fieldTokens(field: WordField, document: Texts): readonly string[] {
  if (field === 'namespace' || field === 'name') return nameTokens(field, document);
  if (field === 'secondary') return secondaryTokens(document);
  return document.official === (field === 'official') ? descriptionTokens(document) : [];
}

// Scoring splits the names of every hit, and popular names are hits of most searches.
const maxCachedNames = 20_000;
const cachedNames = new LRUCache<string, readonly string[]>({ max: maxCachedNames });

function tokensOfName(name: string): readonly string[] {
  const cached = cachedNames.get(name);
  if (cached !== undefined) return cached;
  const text = tokenize(name);
  const words = [...new Set([...wordsOf(text), ...joinedNeighbours(text)])];
  cachedNames.set(name, words);
  return words;
}

/**
 * The words under which a description is indexed. For an official repository they include prefixes of its words and all
 * neighbours as one word: those repositories are few, and users often type only the beginning of a long word.
 */
export function descriptionTokens({
  official,
  description,
}: Pick<Texts, 'official' | 'description'>): readonly string[] {
  if (description === '') return [];
  const text = tokenizeDescription(description);
  const words = [...wordsOf(text), ...joinedByPunctuation(text)];
  if (!official) return [...new Set(words)];
  return [...new Set([...words, ...words.flatMap(prefixesOf), ...joinedNeighbours(text)])];
}

// Scoring asks for the words of every description that is found, mostly those of popular repositories.
const maxCachedDescriptions = 5_000;
const cachedDescriptions = new LRUCache<string, ReadonlySet<string>>({ max: maxCachedDescriptions });

/** The words of a description as a set. Those of descriptions that were asked for last are kept. */
export function descriptionWords(document: Pick<Texts, 'official' | 'description'>): ReadonlySet<string> {
  const key = `${document.official} ${document.description}`;
  const cached = cachedDescriptions.get(key);
  if (cached !== undefined) return cached;
  const words = new Set(descriptionTokens(document));
  cachedDescriptions.set(key, words);
  return words;
}

function prefixesOf(word: string): string[] {
  const prefixes: string[] = [];
  if (word.length < minPrefixedLength) return prefixes;
  for (let length = minPrefixLength; length < word.length; length++) prefixes.push(word.slice(0, length));
  return prefixes;
}

/**
 * Words that a document is found by if nothing better has them: what its image says of itself, its words without accents,
 * and the beginnings of the words of its name except the first, with which the name itself begins.
 */
export function secondaryTokens(document: Texts): readonly string[] {
  const image = imageTokens(document.imageText);
  const accented = [...wordsOf(tokenizeDescription(document.description)), ...image];
  return [
    ...new Set([
      ...image,
      ...accented.map(withoutAccents).filter((word, index) => word !== accented[index]),
      ...innerPrefixes(document.name),
    ]),
  ];
}

function imageTokens(imageText: string): string[] {
  if (imageText === '') return [];
  const text = tokenize(imageText);
  return [...wordsOf(text), ...joinedByPunctuation(text)];
}

function innerPrefixes(name: string): string[] {
  const [, ...inner] = tokenize(name).tokens;
  return inner.flatMap(({ word }) => {
    const longest = Math.min(word.length - 1, maxInnerPrefix);
    const count = Math.max(0, longest - minInnerPrefix + 1);
    return Array.from({ length: count }, (_, index) => word.slice(0, minInnerPrefix + index));
  });
}
