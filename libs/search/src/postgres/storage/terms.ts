import { LRUCache } from 'lru-cache';
import { hash } from 'node:crypto';
import { platformKeys } from '../../engine/platforms';
import type { SearchDocument } from '../../engine/search-document';
import { fieldTokens } from '../../ranking/field-tokens';
import { wordFields, type WordField } from '../../ranking/text-classes';
import { weights } from '../../ranking/weights';

// Prefixes cost a row for each letter, so only those are listed that may be shown first: of popular documents, up to a
// length that few names share. All others are a range of the name index, read when there are too few popular ones.
// With eight stars, or one and a description, few names are left of any prefix that fills a page.
const minListedPopularity = weights.described + 0.1;
const maxListedPrefix = 12;

const rankKeySteps = 50;
const maxRankKey = 16_383;
const idBits = 48n;
const maxId = 2 ** 48 - 1;

/**
 * The terms of a document, hashed, so that a posting is two integers: each of its words in the best field that has it,
 * the prefixes of its name if it is popular, and the terms of all documents, of its
 * kinds and of its platforms.
 */
export function termsOf(document: SearchDocument): string[] {
  const seen = new Set<string>();
  const terms = [everyTerm(), ...[...document.kinds, ...platformKeys(document.platforms)].map(everyTerm)];
  for (const field of wordFields) {
    for (const word of fieldTokens(field, document)) {
      if (seen.has(word)) continue;
      seen.add(word);
      terms.push(term(field, word));
    }
  }
  if (document.popularity >= minListedPopularity) {
    const longest = Math.min(document.name.length, maxListedPrefix);
    for (let length = 1; length <= longest; length++) {
      terms.push(prefixTerm(document.name.slice(0, length)));
    }
  }
  return [...new Set(terms)];
}

/** True when the postings of the prefix hold the popular names that begin with it. */
export function isListedPrefix(prefix: string): boolean {
  return prefix.length <= maxListedPrefix;
}

/** The term of one word in one field. */
export function term(field: WordField, word: string): string {
  return hashed(`${field}:${word}`);
}

/** The term of a prefix of names. The word in front of it is a part of stored hashes and cannot change. */
export function prefixTerm(prefix: string): string {
  return hashed(`beginning:${prefix}`);
}

/** The terms of a word in each of `wordFields`. */
export function wordTerms(word: string): string[] {
  return wordFields.map((field) => term(field, word));
}

// A search needs about ten hashes, or forty if its text may be misspelt, and most words are common ones.
const maxHashes = 50_000;
const hashes = new LRUCache<string, string>({ max: maxHashes });

/** A text as an integer of 64 bits. Collision-resistant: no description can be written to be found as `nginx`. */
export function hashed(text: string): string {
  const cached = hashes.get(text);
  if (cached !== undefined) return cached;
  // Hexadecimal, because a buffer for each text costs more than the digest.
  const value = BigInt.asIntN(64, BigInt(`0x${hash('sha256', text, 'hex').slice(0, 16)}`)).toString();
  hashes.set(text, value);
  return value;
}

/** The term that every document has, or every one of a kind or of a platform, which has a slash. */
export function everyTerm(group = ''): string {
  return hashed(`every:${group}`);
}

/** The sort key of a document in every list: popularity in descending order, then id. Ids have 48 bits. */
export function rankKeyOf({ id, popularity }: { id: string; popularity: number }): string {
  const steps = Math.min(Math.max(Math.round(popularity * rankKeySteps), 0), maxRankKey);
  return ((BigInt(maxRankKey - steps) << idBits) | BigInt(id)).toString();
}

/** A weight in thousandths, as statements have it: sums of integers compare alike everywhere. */
export const thousandths = (weight: number): number => Math.round(weight * 1000);

/** SQL for the popularity of a rank key, in thousandths. */
export const popularitySql = (rankKey: string): string =>
  `((${maxRankKey} - (${rankKey} >> ${idBits})) * ${1000 / rankKeySteps})`;

/** SQL for the id of a rank key. */
export const idSql = (rankKey: string): string => `(${rankKey} & ${maxId})`;

/** The last rank key of a document that has at least this popularity. */
export function lastRankKeyOf(popularity: number): string {
  return rankKeyOf({ id: String(maxId), popularity: popularity - 1 / rankKeySteps });
}
