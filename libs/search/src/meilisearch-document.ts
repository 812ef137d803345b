import { createHash } from 'node:crypto';
import type { MeilisearchSettings } from './meilisearch-client';
import type { SearchDocument } from './search-document';
import { wordsOf, wordsOfDescriptionOf } from './words';

/** The index that is searched, and the one that a rebuild fills before the two change names. */
export const liveIndex = 'repositories';
export const buildingIndex = 'repositories_new';

/** The id of the document that is no repository but the mark of the index that we filled. */
export const markId = 0;

/**
 * What the index must be set to. `words` are ours, so that both engines read texts alike; typos are allowed in names
 * only. The engine retrieves by popularity, our scorer ranks.
 */
export const indexSettings: MeilisearchSettings = {
  searchableAttributes: ['name', 'words', 'exactname'],
  filterableAttributes: ['id', 'namespace', 'repo', 'official', 'automated', 'stars', 'popularity'],
  displayedAttributes: [
    'id',
    'generation',
    'namespace',
    'repo',
    'description',
    'official',
    'automated',
    'stars',
    'pulls',
    'popularity',
    'updatedAt',
    'version',
    'hash',
  ],
  rankingRules: ['words', 'typo', 'popularity:desc'],
  typoTolerance: {
    enabled: true,
    disableOnNumbers: true,
    minWordSizeForTypos: { oneTypo: 5, twoTypos: 8 },
    disableOnAttributes: ['words'],
  },
  pagination: { maxTotalHits: 1200 },
  facetSearch: false,
  proximityPrecision: 'byAttribute',
};

/** The parts of the wanted settings that an index does not have: a needless write costs a reindexing of everything. */
export function settingsToChange(present: MeilisearchSettings): MeilisearchSettings {
  const had = new Map<string, unknown>(Object.entries(present));
  return Object.fromEntries(
    Object.entries(indexSettings).filter(([name, wanted]) => !covers(had.get(name), wanted, name)),
  );
}

// The order of searchable attributes and ranking rules means something; that of the rest is the engine's own.
function covers(present: unknown, wanted: unknown, name: string): boolean {
  if (Array.isArray(wanted)) {
    if (!Array.isArray(present) || present.length !== wanted.length) return false;
    const ordered = name === 'searchableAttributes' || name === 'rankingRules';
    const text = (list: readonly unknown[]): string[] => {
      const texts = list.map(String);
      return ordered ? texts : texts.sort();
    };
    return text(present).join() === text(wanted).join();
  }
  if (typeof wanted === 'object' && wanted !== null) {
    const fields = (present ?? {}) as Record<string, unknown>;
    return Object.entries(wanted).every(([field, value]) => covers(fields[field], value, field));
  }
  return present === wanted;
}

/** A document as Meilisearch holds it. Throws when it may not go there. */
export function toMeilisearch(document: SearchDocument): Record<string, unknown> & { hash: string } {
  if (document.private) throw new Error(`repository ${document.id} is private`);
  const { namespace, name: repo, official, automated, description, stars, pulls, popularity } = document;
  const fields = {
    id: meilisearchId(document.id),
    name: official ? repo : `${namespace}/${repo}`,
    namespace,
    repo,
    description,
    words: wordsOfDescriptionOf(document).map(asToken).join(' '),
    exactname: spelled(repo),
    official,
    automated,
    stars,
    pulls,
    popularity,
    updatedAt: document.updatedAt.getTime(),
    version: document.version,
  };
  const hash = createHash('sha256').update(JSON.stringify(fields)).digest('base64url').slice(0, 16);
  return { ...fields, hash };
}

/** A document as a search gives it back. */
interface StoredDocument {
  readonly id: number;
  readonly namespace: string;
  readonly repo: string;
  readonly description: string;
  readonly official: boolean;
  readonly automated: boolean;
  readonly stars: number;
  readonly pulls: number;
  readonly popularity: number;
  /** Milliseconds. */
  readonly updatedAt: number;
  readonly version: number;
}

/** The document that a hit is. */
export function fromMeilisearch(hit: Readonly<Record<string, unknown>>): SearchDocument {
  const { id, repo, updatedAt, ...rest } = hit as unknown as StoredDocument;
  return { ...rest, id: String(id), name: repo, private: false, updatedAt: new Date(updatedAt) };
}

/** Validates an id before it enters a payload: one that is none would fail the task of all that are sent with it. */
export function meilisearchId(id: string): number {
  const number = Number(id);
  if (!/^[1-9]\d*$/.test(id) || !Number.isSafeInteger(number)) throw new Error(`${id} is no id`);
  return number;
}

/** A name as it is looked for by its spelling: the mark before it makes a wrong first letter cost one edit, not two. */
export function spelled(name: string): string {
  return `zq${wordsOf(name).join('')}`;
}

/**
 * One of our words as Meilisearch must take it: as one token. It would cut Chinese, Japanese and Korean in its own
 * way, so their characters are written as letters and digits.
 */
export function asToken(word: string): string {
  return /^[a-z0-9]+$/.test(word)
    ? word
    : [...word].map((character) => (/[a-z0-9]/.test(character) ? character : code(character))).join('');
}

function code(character: string): string {
  return `u${character.codePointAt(0)!.toString(16)}`;
}
