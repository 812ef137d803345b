import { hash } from 'node:crypto';
import type { SearchDocument } from '../../engine/search-document';
import { weights } from '../../ranking/weights';
import { indexTokens, descriptionTokensOf } from '../../query/tokenizer';

/**
 * What a document is listed under, by field: a word of its namespace, else of its name, else of its description (that
 * of an official one apart, it weighs more), or a beginning of its name.
 */
export type TermField = 'namespace' | 'name' | 'official' | 'description' | 'beginning';

/** The fields that words stand in, best first; a document is listed under each of its words in one of them. */
export const wordFields = ['namespace', 'name', 'official', 'description'] as const;

// Beginnings cost a row a letter, so only those are listed that may come first: of popular documents, up to a length
// that few names share. All others are a range of the name index, read when there are too few popular ones.
const listedPopularity = 4.5 + weights.described;
const listedBeginning = 12;

const rankKeySteps = 50;
const maxRankKey = 16_383;

/** Terms of a document, hashed: a row of a list is two whole numbers. */
export function termsOf(document: SearchDocument): string[] {
  // `library` is how an official name is stored, not a word that anybody looks for.
  const ofNamespace = document.official ? [] : indexTokens(document.namespace);
  const fields: [TermField, readonly string[]][] = [
    ['namespace', ofNamespace],
    ['name', indexTokens(document.name)],
    [document.official ? 'official' : 'description', descriptionTokensOf(document)],
  ];
  const seen = new Set<string>();
  const terms: string[] = [];
  for (const [field, words] of fields) {
    for (const word of words) {
      if (seen.has(word)) continue;
      seen.add(word);
      terms.push(term(field, word));
    }
  }
  if (document.popularity >= listedPopularity) {
    const longest = Math.min(document.name.length, listedBeginning);
    for (let length = 1; length <= longest; length++) {
      terms.push(term('beginning', document.name.slice(0, length)));
    }
  }
  return [...new Set(terms)];
}

/** True when popular names that begin so are listed. */
export function isListed(beginning: string): boolean {
  return beginning.length <= listedBeginning;
}

/** The term of one word in one field. */
export function term(field: TermField, word: string): string {
  return hashed(`${field}:${word}`);
}

/** Terms of a word in every field, as `wordFields` has them. */
export function wordTerms(word: string): string[] {
  return wordFields.map((field) => term(field, word));
}

/** A text as a whole number of 64 bits. Not to be forged: nobody's description can be made to collide with `nginx`. */
export function hashed(text: string): string {
  const known = hashes.get(text);
  if (known !== undefined) return known;
  // By way of hexadecimal: a buffer for each costs more than the digest.
  const made = BigInt.asIntN(64, BigInt(`0x${hash('sha256', text, 'hex').slice(0, 16)}`)).toString();
  if (hashes.size >= maxHashes) hashes.clear();
  hashes.set(text, made);
  return made;
}

// Each search needs about ten, or forty where spelling may be wrong, and most words come again and again.
const maxHashes = 50_000;
const hashes = new Map<string, string>();

/** Where a document stands in every list: popularity downwards, then id; ids have 48 bits. */
export function rankKeyOf({ id, popularity }: { id: string; popularity: number }): string {
  const steps = Math.min(Math.max(Math.round(popularity * rankKeySteps), 0), maxRankKey);
  return ((BigInt(maxRankKey - steps) << 48n) | BigInt(id)).toString();
}

/** A weight as statements have it: sums of whole numbers compare alike everywhere. */
export const thousandths = (weight: number): number => Math.round(weight * 1000);

/** SQL for the popularity of a rank key, in thousandths. */
export const popularitySql = (rankKey: string): string =>
  `((${maxRankKey} - (${rankKey} >> 48)) * ${1000 / rankKeySteps})`;

/** SQL for the id of a rank key. */
export const idSql = (rankKey: string): string => `(${rankKey} & 281474976710655)`;

/** The last rank key of a document that has at least this popularity. */
export function lastRankKeyOf(popularity: number): string {
  return rankKeyOf({ id: String(2 ** 48 - 1), popularity: popularity - 1 / rankKeySteps });
}
