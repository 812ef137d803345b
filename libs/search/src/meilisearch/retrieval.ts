import type { MeilisearchQuery, MeilisearchResult } from './client';
import { hitFields, hitOf, meilisearchId, maxHits, type Hit } from './document';
import { MeilisearchFailure } from './failure';
import { filterOf, listsOf, type MeilisearchList } from './lists';
import { compareIds, score } from '../ranking/scorer';
import { resultWindow, type CandidateRequest } from '../engine/search-engine';

/** Runs queries in one request. */
export type SendQueries = (queries: readonly MeilisearchQuery[]) => Promise<readonly MeilisearchResult[]>;

/** What PostgreSQL contributes to a search, so that it must not be taken from Meilisearch. */
export interface LocalMatches {
  /** Ids of the documents that Meilisearch may hold in an older version. */
  readonly pending: ReadonlySet<string>;
  /** Scores of the documents in PostgreSQL that match the query. */
  readonly scores: readonly number[];
}

/** The best hits of a query and the number of matching documents, both without pending documents. */
export interface RetrievalResult {
  readonly hits: readonly Hit[];
  readonly total: number;
}

// The first query requests at least this many. For six of ten searches there are no more, so one request suffices.
const minFirstLimit = 50;
// Pending documents among the hits are skipped; a list is requested this much longer to allow for them.
const maxExpectedSkips = 25;
const limitGrowth = 4;

interface ListProgress {
  readonly list: MeilisearchList;
  readonly limit: number;
  /** Upper bound of the popularity of the documents of the list that were not returned yet. */
  readonly maxRemaining: number;
}

/**
 * Retrieves the candidates of one request. The first query returns the most popular of all matching documents. If there
 * are more, the lists of those text classes that may contain a better document are requested, with growing limits,
 * until no document that was not returned can be among the best.
 */
export class MeilisearchRetrieval {
  private readonly scored = new Map<string, { readonly hit: Hit; readonly score: number }>();

  constructor(
    private readonly request: CandidateRequest,
    private readonly local: LocalMatches,
    private readonly generation: string,
    private readonly send: SendQueries,
  ) {}

  /** Throws MeilisearchFailure, of kind `notOurIndex` if the index does not have the expected generation marker. */
  async run(): Promise<RetrievalResult> {
    const { everything, classes } = listsOf(this.request.query);
    const limit = Math.max(this.request.limit, minFirstLimit);
    const first = { list: everything, limit, maxRemaining: Number.MAX_SAFE_INTEGER };
    const [result] = await this.send([this.queryOf(first)]);
    const all = this.collect(first, result);
    if (all.maxRemaining < 0) return { hits: this.best(), total: this.scored.size };
    const estimate = result!.estimatedTotalHits - 1;
    const classLimit = this.request.limit + Math.min(maxExpectedSkips, this.local.pending.size);
    const ofClasses = classes.map((list) => ({ list, limit: classLimit, maxRemaining: all.maxRemaining }));
    return { total: await this.deepen([all, ...ofClasses], estimate), hits: this.best() };
  }

  // Requests lists until the rest of none can be among the best. Returns how many documents match, pending ones excluded
  // if that can make a difference below `resultWindow`.
  private async deepen(lists: readonly ListProgress[], estimate: number): Promise<number> {
    let total = estimate;
    let promising = this.promising(lists);
    const { pending } = this.local;
    let isCounting = pending.size > 0 && estimate - pending.size < resultWindow;
    while (promising.length > 0 || isCounting) {
      const queries = promising.map((one) => this.queryOf(one));
      const results = await this.send(isCounting ? [...queries, this.countOf(lists[0]!.list)] : queries);
      if (isCounting) total = results.at(-1)!.estimatedTotalHits - 1;
      isCounting = false;
      promising = this.promising(promising.map((one, index) => this.collect(one, results[index])));
    }
    return total;
  }

  private promising(lists: readonly ListProgress[]): ListProgress[] {
    const cutoff = this.cutoff();
    return lists.filter(
      ({ list, limit, maxRemaining }) => limit < maxHits && list.weight + maxRemaining > cutoff,
    );
  }

  private queryOf({ list, limit }: ListProgress): MeilisearchQuery {
    const filter = filterOf(list, this.request.filters);
    // One more, because the first hit is the generation marker.
    return { filter, limit: limit + 1, attributesToRetrieve: hitFields };
  }

  // One query that excludes the pending documents: between a count of all and a count of those, some could be confirmed,
  // and would be counted only once.
  private countOf(list: MeilisearchList): MeilisearchQuery {
    const ids = [...this.local.pending].map(meilisearchId);
    const filter = [...filterOf(list, this.request.filters), [`id NOT IN [${ids.join(',')}]`]];
    return { filter, limit: 0, attributesToRetrieve: hitFields };
  }

  private collect(
    { list, limit, maxRemaining }: ListProgress,
    result: MeilisearchResult | undefined,
  ): ListProgress {
    const [marker, ...documents] = result?.hits ?? [];
    if (marker?.generation !== this.generation) throw new MeilisearchFailure('notOurIndex');
    let lowest = maxRemaining;
    for (const fields of documents) {
      const hit = hitOf(fields);
      lowest = Math.min(lowest, hit.popularity);
      if (this.scored.has(hit.id) || this.local.pending.has(hit.id)) continue;
      this.scored.set(hit.id, { hit, score: score(this.request.query, hit) });
    }
    const isComplete = documents.length < limit;
    return {
      list,
      limit: Math.min(limit * limitGrowth, maxHits),
      maxRemaining: isComplete ? -Infinity : lowest,
    };
  }

  // The score that a further document must exceed to be among the best.
  private cutoff(): number {
    const scores = [...this.local.scores, ...[...this.scored.values()].map((one) => one.score)];
    return scores.sort((a, b) => b - a)[this.request.limit - 1] ?? -Infinity;
  }

  private best(): Hit[] {
    return [...this.scored.values()]
      .sort((a, b) => b.score - a.score || compareIds(a.hit.id, b.hit.id))
      .slice(0, this.request.limit)
      .map(({ hit }) => hit);
  }
}
