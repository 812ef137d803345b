import { toStorableJson, type Database } from '@central-index/platform/database';
import {
  selectMissingKeys,
  selectSimilarNames,
  upsertKeys,
  type DeletionKey,
  type SpeltName,
} from './spelling-dictionary.queries';
import { hashOfKey, nearHashes, nearLengths } from './spelling-keys';
import type { SearchDocument } from '../../engine/search-document';
import type { SimilarName } from '../../engine/search-engine';
import { deleteVariants, editsAllowed, lettersOf, osaDistance, prefixOf } from '../../query/spelling';
import { prominence } from '../../ranking/weights';

/**
 * The prominence from which a name is in the dictionary: about that of an official repository without stars. No text is
 * corrected to a name that is less known.
 */
export const minProminence = 4.5;

/** Those of the names that the text may be a misspelling of, likeliest first. */
export function likeliest(text: string, names: readonly SpeltName[]): SimilarName[] {
  const typed = lettersOf(text);
  const maxEdits = editsAllowed(typed);
  const editsTo = ({ name }: SpeltName): number => {
    const letters = lettersOf(name);
    const allowed = Math.min(maxEdits, editsAllowed(letters));
    const needed = osaDistance(typed, letters, allowed);
    return needed > allowed ? Infinity : needed;
  };
  return names
    .map((one) => ({ ...one, edits: editsTo(one) }))
    .filter((one) => one.name !== text && one.edits < Infinity)
    .sort((a, b) => a.edits - b.edits || b.weight - a.weight || (a.name < b.name ? -1 : 1));
}

/**
 * The spelling dictionary: names of popular public repositories. A name stays when its repositories are deleted, so
 * callers search for a suggested name before they show it.
 */
export class PostgresSpelling {
  constructor(private readonly database: Database) {}

  /** Names that the text may be a misspelling of, likeliest first. */
  async similar(text: string): Promise<SimilarName[]> {
    const hashes = nearHashes(text);
    if (hashes.length === 0) return [];
    return likeliest(text, await this.database.query(selectSimilarNames, [hashes, nearLengths(text)]));
  }

  /** Stores the names of documents that are popular enough, unless they are stored with at least the same weight. */
  async learn(documents: readonly SearchDocument[]): Promise<void> {
    const names = popularNames(documents);
    if (names.length === 0) return;
    // One key of each name suffices to know it: all are stored together.
    const prefixKeys = names.map((one) => deletionKeyOf(one, prefixOf(lettersOf(one.name))));
    const missing = new Set((await this.missingKeys(prefixKeys)).map(({ name }) => name));
    if (missing.size > 0) await this.store(deletionKeysOf(names.filter(({ name }) => missing.has(name))));
  }

  /** Returns how many names of documents that are popular enough lack a key, and stores the missing keys on request. */
  async check(documents: readonly SearchDocument[], repair: boolean): Promise<number> {
    const missing = await this.missingKeys(deletionKeysOf(popularNames(documents)));
    if (repair && missing.length > 0) await this.store(missing);
    return new Set(missing.map(({ name }) => name)).size;
  }

  private missingKeys(keys: readonly DeletionKey[]): Promise<DeletionKey[]> {
    return this.database.query(selectMissingKeys, [
      keys.map(({ name }) => name),
      keys.map(({ weight }) => weight),
      keys.map(({ hash }) => hash),
      keys.map(({ letters }) => letters),
    ]);
  }

  private async store(keys: readonly DeletionKey[]): Promise<void> {
    await this.database.execute(upsertKeys, [toStorableJson(keys)]);
  }
}

function popularNames(documents: readonly SearchDocument[]): SpeltName[] {
  const weights = new Map<string, number>();
  for (const document of documents) {
    const { name } = document;
    const weight = prominence(document);
    if (document.private || weight < minProminence || editsAllowed(lettersOf(name)) === 0) continue;
    weights.set(name, Math.max(weights.get(name) ?? 0, Math.floor(weight)));
  }
  return [...weights].map(([name, weight]) => ({ name, weight }));
}

function deletionKeysOf(names: readonly SpeltName[]): DeletionKey[] {
  return names.flatMap((one) =>
    deleteVariants(lettersOf(one.name)).map((deletionKey) => deletionKeyOf(one, deletionKey)),
  );
}

function deletionKeyOf(name: SpeltName, deletionKey: string): DeletionKey {
  return { ...name, hash: hashOfKey(deletionKey), letters: lettersOf(name.name).length };
}
