import { createHash } from 'node:crypto';
import type { MeilisearchSettings } from './client';
import { platformKeys } from '../engine/platforms';
import type { ScoredHit } from '../ranking/scorer';
import type { SearchDocument } from '../engine/search-document';
import { fieldTokens } from '../ranking/field-tokens';
import type { WordField } from '../ranking/text-classes';

/** The index that is searched. */
export const liveIndex = 'repositories';

/** The index that a rebuild fills before the two exchange their names. */
export const buildingIndex = 'repositories_new';

/** Id of the generation marker, a document that represents no repository. */
export const generationMarkerId = 0;

/** Maximum number of hits of one query: the 1,000 that can be paged through, and up to 1,000 skipped pending ones. */
export const maxHits = 2500;

const isEqual = { facetSearch: false, filter: { equality: true, comparison: false } };
const compares = { facetSearch: false, filter: { equality: true, comparison: true } };

/**
 * Settings of the index: documents are selected by filters only and ordered by popularity. Texts and queries are split
 * into words by the tokenizer of this library, so that both engines read them alike. Meilisearch's own text analysis
 * would cost time for each search and each change, and is disabled.
 */
export const indexSettings: MeilisearchSettings = {
  searchableAttributes: [],
  filterableAttributes: [
    {
      attributePatterns: [
        'namespace',
        'owner',
        'official',
        'automated',
        'kinds',
        'platforms',
        'ownerWords',
        'nameWords',
        'words',
        'allWords',
      ],
      features: isEqual,
    },
    { attributePatterns: ['id', 'repo', 'stars'], features: compares },
  ],
  displayedAttributes: ['id', 'generation', 'name', 'secondary', 'popularity', 'hash'],
  // Equally popular ones by id, as everywhere: otherwise a longer page could begin with other hits than a shorter one.
  rankingRules: ['popularity:desc', 'id:asc'],
  typoTolerance: { enabled: false },
  prefixSearch: 'disabled',
  pagination: { maxTotalHits: maxHits + 1 },
  facetSearch: false,
  proximityPrecision: 'byAttribute',
};

/**
 * Those of `indexSettings` that an index does not have. Settings that are right are not written: Meilisearch would
 * reindex all documents.
 */
export function settingsToChange(current: MeilisearchSettings): MeilisearchSettings {
  const values = new Map<string, unknown>(Object.entries(current));
  return Object.fromEntries(
    Object.entries(indexSettings).filter(([name, required]) => !covers(values.get(name), required)),
  );
}

// Meilisearch returns lists in an order of its own, and objects with additional fields.
function covers(current: unknown, required: unknown): boolean {
  if (Array.isArray(required)) {
    if (!Array.isArray(current) || current.length !== required.length) return false;
    return required.every((entry) => current.some((one) => covers(one, entry)));
  }
  if (typeof required === 'object' && required !== null) {
    const fields = (current ?? {}) as Record<string, unknown>;
    return Object.entries(required).every(([field, value]) => covers(fields[field], value));
  }
  return current === required;
}

/**
 * The form of a document that is stored in Meilisearch: the fields that it is filtered and ordered by, without those that
 * are only shown, and a hash of them, by which the replica is checked. Throws if the document is private.
 */
export function toMeilisearch(document: SearchDocument): Record<string, unknown> & { hash: string } {
  if (document.private) throw new Error(`repository ${document.id} is private`);
  const { namespace, name: repo, official, automated, kinds, stars, popularity } = document;
  const tokens = (...of: WordField[]): string[] => of.flatMap((field) => fieldTokens(field, document));
  const ownerWords = tokens('namespace');
  const nameWords = [...new Set([...ownerWords, ...tokens('name')])];
  const words = [...new Set([...nameWords, ...tokens('official', 'description')])];
  const secondary = tokens('secondary').filter((word) => !words.includes(word));
  const fields = {
    id: meilisearchId(document.id),
    name: official ? repo : `${namespace}/${repo}`,
    namespace,
    ...(official ? {} : { owner: namespace }),
    repo,
    ownerWords: ownerWords.map(asValue),
    nameWords: nameWords.map(asValue),
    words: words.map(asValue),
    allWords: [...words, ...secondary].map(asValue),
    secondary,
    official,
    automated,
    kinds,
    platforms: platformKeys(document.platforms),
    stars,
    popularity,
  };
  const hash = createHash('sha256').update(JSON.stringify(fields)).digest('base64url').slice(0, 16);
  return { ...fields, hash };
}

/** The generation marker of an index as a document. Its popularity makes it the first hit of every query. */
export function generationMarkerDocument(generation: string): object {
  return { id: generationMarkerId, generation, popularity: Number.MAX_SAFE_INTEGER };
}

/** The part of a document that a query returns: enough to compute its score. */
export type Hit = ScoredHit;

/** The attributes that a query retrieves. */
export const hitFields = ['id', 'name', 'secondary', 'popularity', 'generation'] as const;

/** Converts the fields of a hit. */
export function hitOf(fields: Readonly<Record<string, unknown>>): Hit {
  const {
    id,
    name: path,
    // An index that an older release filled lacks them, until it is replaced.
    secondary = [],
    popularity,
  } = fields as {
    id: number;
    name: string;
    secondary?: readonly string[];
    popularity: number;
  };
  const slash = path.indexOf('/');
  const official = slash < 0;
  const namespace = official ? 'library' : path.slice(0, slash);
  return {
    id: String(id),
    namespace,
    name: path.slice(slash + 1),
    official,
    secondaryWords: secondary,
    popularity,
  };
}

/** Converts an id. Throws if it is invalid: in a payload it would fail the task of all documents sent with it. */
export function meilisearchId(id: string): number {
  const number = Number(id);
  if (!/^[1-9]\d*$/.test(id) || !Number.isSafeInteger(number)) throw new Error(`${id} is not a valid id`);
  return number;
}

/** A word of the tokenizer as a value for filters: other characters than letters and digits are encoded. */
export function asValue(word: string): string {
  return /^[a-z0-9]+$/.test(word)
    ? word
    : [...word].map((character) => (/[a-z0-9]/.test(character) ? character : code(character))).join('');
}

// No word contains `+`, so an encoded character cannot be confused with a word.
function code(character: string): string {
  return `+${character.codePointAt(0)!.toString(16)}`;
}
