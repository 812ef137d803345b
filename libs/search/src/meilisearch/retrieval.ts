import type { MeilisearchQuery, MeilisearchResult } from './client';
import { hitFields, hitOf, meilisearchId, maxHits, type Hit } from './document';
import { MeilisearchFailure } from './failure';
import { filterOf, listsOf, type MeilisearchList } from './lists';
import { compareIds, scoreBounds } from '../ranking/scorer';
import { resultWindow, type CandidateRequest } from '../engine/search-engine';

/** Runs queries in one request. */
export type SendQueries = (queries: readonly MeilisearchQuery[]) => Promise<readonly MeilisearchResult[]>;

/** What PostgreSQL contributes to a search, so that it must not be taken from Meilisearch. */
export interface LocalMatches {
  /** Ids of the documents that Meilisearch may hold in an older version. */
  readonly pending: ReadonlySet<string>;
  /** The documents in PostgreSQL that match the query, with their scores. */
  readonly scores: readonly Position[];
}

/** Where a document is in the ranking: by its score, equal ones by id. */
export interface Position {
  readonly id: string;
  readonly score: number;
}

/** The best hits of a query, and a few more where the exact score of a hit is unknown, and the number of matching documents, both without pending documents. */
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
  /** No document of the list that was not returned yet is before this position; undefined if there are none. */
  readonly remaining: Position | undefined;
}

interface ScoredHit {
  readonly hit: Hit;
  readonly least: number;
  readonly greatest: number;
}

/**
 * Retrieves the candidates of one request. The first query returns the most popular of all matching documents. If there
 * are more, the lists of those text classes that may contain a better document are requested, with growing limits,
 * until no document that was not returned can be among the best.
 */
export class MeilisearchRetrieval {
  private readonly scored = new Map<string, ScoredHit>();

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
    const first = { list: everything, limit, remaining: start };
    const [result] = await this.send([this.queryOf(first)]);
    const all = this.collect(first, result);
    if (all.remaining === undefined) return { hits: this.best(), total: this.scored.size };
    const estimate = result!.estimatedTotalHits - 1;
    const classLimit = this.request.limit + Math.min(maxExpectedSkips, this.local.pending.size);
    const { id, score } = all.remaining;
    const ofClasses = classes.map((list) => ({
      list,
      limit: classLimit,
      remaining: { id, score: score - everything.weight + list.weight },
    }));
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
      ({ limit, remaining }) =>
        limit < maxHits &&
        remaining !== undefined &&
        (cutoff === undefined || comparePositions(remaining, cutoff) < 0),
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
    { list, limit, remaining }: ListProgress,
    result: MeilisearchResult | undefined,
  ): ListProgress {
    const [marker, ...documents] = result?.hits ?? [];
    if (marker?.generation !== this.generation) throw new MeilisearchFailure('notOurIndex');
    let last = remaining;
    for (const fields of documents) {
      const hit = hitOf(fields);
      last = { id: hit.id, score: list.weight + hit.popularity };
      if (this.scored.has(hit.id) || this.local.pending.has(hit.id)) continue;
      this.scored.set(hit.id, { hit, ...scoreBounds(this.request.query, hit) });
    }
    return {
      list,
      limit: Math.min(limit * limitGrowth, maxHits),
      remaining: documents.length < limit ? undefined : last,
    };
  }

  // The position that a further document must precede to be among the best; undefined while there are too few.
  private cutoff(): Position | undefined {
    const found = [...this.scored.values()].map(({ hit, least }) => ({ id: hit.id, score: least }));
    return [...this.local.scores, ...found].sort(comparePositions)[this.request.limit - 1];
  }

  private best(): Hit[] {
    const cutoff = this.cutoff();
    return [...this.scored.values()]
      .filter(
        ({ hit, greatest }) =>
          cutoff === undefined || comparePositions({ id: hit.id, score: greatest }, cutoff) <= 0,
      )
      .map(({ hit }) => hit);
  }
}

const start: Position = { id: '0', score: Number.MAX_SAFE_INTEGER };

// Sums of a weight and a popularity differ from scores in bits that mean nothing.
const roundingError = 1e-6;

function comparePositions(a: Position, b: Position): number {
  const difference = b.score - a.score;
  return Math.abs(difference) > roundingError ? difference : compareIds(a.id, b.id);
}
