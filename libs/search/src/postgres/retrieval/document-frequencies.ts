import type { Database } from '@central-index/platform/database';
import { LRUCache } from 'lru-cache';
import { selectDocumentFrequencies } from './document-frequencies.queries';
import { bigints } from './statement';
import { wordTerms } from '../storage/terms';

// Which of two lists is the shorter one hardly changes within ten minutes, and a wrong order only costs time.
const cacheTtlMs = 600_000;
const maxCachedWords = 10_000;

const queryFor = memoized(selectDocumentFrequencies);

/** How many documents have a word, cached: a search of several words begins with the rarest one. */
export class DocumentFrequencies {
  private readonly cache = new LRUCache<string, number>({ max: maxCachedWords, ttl: cacheTtlMs });

  constructor(private readonly database: Database) {}

  /** Sorts words by document frequency, the rarest first. `rarest` is the frequency of that one, 0 for less than two words. */
  async rarestFirst(
    words: readonly string[],
  ): Promise<{ readonly words: readonly string[]; readonly rarest: number }> {
    if (words.length < 2) return { words, rarest: 0 };
    const frequencies = new Map(words.map((word) => [word, this.cache.get(word)]));
    const unknown = words.filter((word) => frequencies.get(word) === undefined);
    if (unknown.length > 0) {
      const terms = unknown.map((word) => bigints(wordTerms(word)));
      for (const { number, documents } of await this.database.query(queryFor(terms.length), terms)) {
        const word = unknown[number]!;
        frequencies.set(word, documents);
        this.cache.set(word, documents);
      }
    }
    const sorted = [...words].sort((a, b) => (frequencies.get(a) ?? 0) - (frequencies.get(b) ?? 0));
    return { words: sorted, rarest: frequencies.get(sorted[0]!) ?? 0 };
  }
}

// One query for each number of words, so that the name of the prepared statement is hashed once.
function memoized<Result>(build: (words: number) => Result): (words: number) => Result {
  const results: Result[] = [];
  return (words) => (results[words] ??= build(words));
}
