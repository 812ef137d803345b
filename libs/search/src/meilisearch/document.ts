import { createHash } from 'node:crypto';
import type { MeilisearchSettings } from './client';
import type { Scored } from '../ranking/scorer';
import type { SearchDocument } from '../engine/search-document';
import { indexTokens, descriptionTokensOf } from '../query/tokenizer';

/** The index that is searched, and the one that a rebuild fills before the two change names. */
export const liveIndex = 'repositories';
export const buildingIndex = 'repositories_new';

/** The id of the document that is no repository but the mark of the index that we filled. */
export const generationMarkerId = 0;

/** So many hits a search gives at most: more than pages reach, with as many again that are not confirmed. */
export const maxHits = 2500;

const isEqual = { facetSearch: false, filter: { equality: true, comparison: false } };
const compares = { facetSearch: false, filter: { equality: true, comparison: true } };

/**
 * What the index must be set to: lists of documents by popularity, picked by filters alone. Which words a text has, and
 * which of them a query asks for, is told by us, so that both engines read texts alike; Meilisearch's own reading of
 * texts would cost time at each search and each change, and is off.
 */
export const indexSettings: MeilisearchSettings = {
  searchableAttributes: [],
  filterableAttributes: [
    {
      attributePatterns: ['namespace', 'owner', 'official', 'automated', 'ownerWords', 'nameWords', 'words'],
      features: isEqual,
    },
    { attributePatterns: ['id', 'repo', 'stars'], features: compares },
  ],
  displayedAttributes: ['id', 'generation', 'name', 'popularity', 'hash'],
  rankingRules: ['popularity:desc'],
  typoTolerance: { enabled: false },
  prefixSearch: 'disabled',
  pagination: { maxTotalHits: maxHits + 1 },
  facetSearch: false,
  proximityPrecision: 'byAttribute',
};

/** The parts of the wanted settings that an index does not have: a needless write costs a reindexing of everything. */
export function settingsToChange(present: MeilisearchSettings): MeilisearchSettings {
  const had = new Map<string, unknown>(Object.entries(present));
  return Object.fromEntries(
    Object.entries(indexSettings).filter(([name, wanted]) => !covers(had.get(name), wanted)),
  );
}

// What comes back in lists comes in the engine's own order.
function covers(present: unknown, wanted: unknown): boolean {
  if (Array.isArray(wanted)) {
    if (!Array.isArray(present) || present.length !== wanted.length) return false;
    return wanted.every((entry) => present.some((one) => covers(one, entry)));
  }
  if (typeof wanted === 'object' && wanted !== null) {
    const fields = (present ?? {}) as Record<string, unknown>;
    return Object.entries(wanted).every(([field, value]) => covers(fields[field], value));
  }
  return present === wanted;
}

/**
 * A document as Meilisearch holds it: what it is found and ordered by, nothing that is only shown. Throws when it may
 * not go there.
 */
export function toMeilisearch(document: SearchDocument): Record<string, unknown> & { hash: string } {
  if (document.private) throw new Error(`repository ${document.id} is private`);
  const { namespace, name: repo, official, automated, stars, popularity } = document;
  // `library` is how an official name is stored, not a word that anybody looks for.
  const ownerWords = official ? [] : indexTokens(namespace);
  const nameWords = [...new Set([...ownerWords, ...indexTokens(repo)])];
  const words = [...new Set([...nameWords, ...descriptionTokensOf(document)])];
  const fields = {
    id: meilisearchId(document.id),
    name: official ? repo : `${namespace}/${repo}`,
    namespace,
    ...(official ? {} : { owner: namespace }),
    repo,
    ownerWords: ownerWords.map(asValue),
    nameWords: nameWords.map(asValue),
    words: words.map(asValue),
    official,
    automated,
    stars,
    popularity,
  };
  const hash = createHash('sha256').update(JSON.stringify(fields)).digest('base64url').slice(0, 16);
  return { ...fields, hash };
}

/** The mark of an index, as a document: it comes before all others, so that every list can begin with it. */
export function generationMarkerDocument(generation: string): object {
  return { id: generationMarkerId, generation, popularity: Number.MAX_SAFE_INTEGER };
}

/** What a search gives of a document: enough to tell its score. */
export type Hit = Scored;

/** The fields of it. */
export const hitFields = ['id', 'name', 'popularity', 'generation'] as const;

/** Reads what a search gave. */
export function hitOf(fields: Readonly<Record<string, unknown>>): Hit {
  const { id, name: path, popularity } = fields as { id: number; name: string; popularity: number };
  const slash = path.indexOf('/');
  const official = slash < 0;
  const namespace = official ? 'library' : path.slice(0, slash);
  return { id: String(id), namespace, name: path.slice(slash + 1), official, popularity };
}

/** Validates an id before it enters a payload: one that is none would fail the task of all that are sent with it. */
export function meilisearchId(id: string): number {
  const number = Number(id);
  if (!/^[1-9]\d*$/.test(id) || !Number.isSafeInteger(number)) throw new Error(`${id} is no id`);
  return number;
}

/** One of our words as a value that a filter can name: letters and digits, whatever the word is made of. */
export function asValue(word: string): string {
  return /^[a-z0-9]+$/.test(word)
    ? word
    : [...word].map((character) => (/[a-z0-9]/.test(character) ? character : code(character))).join('');
}

// The sign keeps them apart from words that are spelt so.
function code(character: string): string {
  return `+${character.codePointAt(0)!.toString(16)}`;
}
