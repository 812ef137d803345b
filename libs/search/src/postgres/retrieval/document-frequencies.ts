import type { Database } from '@central-index/platform/database';
import { bigints } from './statement';
import { wordTerms } from '../storage/terms';

// Which list is the shorter one hardly changes within ten minutes, and a wrong guess only costs time.
const cacheTtlMs = 600_000;
const maxCachedTerms = 10_000;

// Longer lists are not counted to their end.
const countedDocuments = 20_000;

/** How common words are, remembered for a while: what a search of several words begins with. */
export class DocumentFrequencies {
  private readonly kept = new Map<string, { readonly documents: number; readonly until: number }>();

  constructor(private readonly database: Database) {}

  /** The words, the rarest first. */
  async rarestFirst(words: readonly string[]): Promise<readonly string[]> {
    if (words.length < 2) return words;
    const now = performance.now();
    const unknown = words.filter((word) => !((this.kept.get(word)?.until ?? 0) > now));
    const counted = new Map<string, number>();
    if (unknown.length > 0) {
      const terms = unknown.map((word) => bigints(wordTerms(word)));
      const rows = await this.database.prepared<{ number: number; found: number }>(
        sizesSql(terms.length),
        terms,
      );
      for (const { number, found } of rows) counted.set(unknown[number]!, found);
    }
    const sized = words.map((word) => ({
      word,
      documents: counted.get(word) ?? this.kept.get(word)?.documents ?? 0,
    }));
    for (const [word, documents] of counted) this.keep(word, documents, now + cacheTtlMs);
    return sized.sort((a, b) => a.documents - b.documents).map(({ word }) => word);
  }

  private keep(word: string, documents: number, until: number): void {
    this.kept.delete(word);
    const [oldest] = this.kept.keys();
    if (this.kept.size >= maxCachedTerms && oldest !== undefined) this.kept.delete(oldest);
    this.kept.set(word, { documents, until });
  }
}

function sizesSql(words: number): string {
  const counts = Array.from(
    { length: words },
    (_, number) => `select ${number} as number, (select count(*) from (
      select from search_posting where term = any($${number + 1}::bigint[]) limit ${countedDocuments}) as sample)::int as found`,
  );
  return counts.join(' union all ');
}
