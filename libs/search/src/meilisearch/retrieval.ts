import type { MeilisearchAnswer, MeilisearchQuery } from './client';
import { hitFields, hitOf, meilisearchId, maxHits, type Hit } from './document';
import { MeilisearchFailure } from './failure';
import { filterOf, listsOf, type MeilisearchList } from './lists';
import { compareIds, score } from '../ranking/scorer';
import { resultWindow, type CandidateRequest } from '../engine/search-engine';

/** Makes searches in one round trip. */
export type Ask = (queries: readonly MeilisearchQuery[]) => Promise<readonly MeilisearchAnswer[]>;

/** What Meilisearch is not asked for, because only PostgreSQL knows it. */
export interface Others {
  /** Documents that Meilisearch may hold otherwise than they are. */
  readonly unconfirmed: ReadonlySet<string>;
  /** Scores of the documents that answer the query and are not taken from Meilisearch. */
  readonly scores: readonly number[];
}

/** The best of what Meilisearch holds, and how many answer there; what is not confirmed is left out of both. */
export interface Retrieved {
  readonly hits: readonly Hit[];
  readonly total: number;
}

// So much of everything is asked first. Six of ten searches find no more, and are done with one search of one list.
const leastOfEverything = 50;
// Hits that are not confirmed are passed over; so many are allowed for at once.
const passedOver = 25;
const deeper = 4;

interface Progress {
  readonly list: MeilisearchList;
  readonly limit: number;
  /** No document of the list that was not given yet has more popularity. */
  readonly below: number;
}

/**
 * Retrieves for one question. First the most popular of everything that answers; where that is not all, the lists of
 * those text classes that may hold a better document than the ones found, ever deeper until none may.
 */
export class MeilisearchRetrieval {
  private readonly found = new Map<string, { readonly hit: Hit; readonly score: number }>();

  constructor(
    private readonly wanted: CandidateRequest,
    private readonly others: Others,
    private readonly generation: string,
    private readonly ask: Ask,
  ) {}

  async run(): Promise<Retrieved> {
    const { everything, classes } = listsOf(this.wanted.query);
    const limit = Math.max(this.wanted.limit, leastOfEverything);
    const first = { list: everything, limit, below: Number.MAX_SAFE_INTEGER };
    const [answer] = await this.ask([this.queryOf(first)]);
    const all = this.take(first, answer);
    if (all.below < 0) return { hits: this.best(), total: this.found.size };
    const about = answer!.estimatedTotalHits - 1;
    const next = this.wanted.limit + Math.min(passedOver, this.others.unconfirmed.size);
    const rest = classes.map((list) => ({ list, limit: next, below: all.below }));
    return { total: await this.further([all, ...rest], about), hits: this.best() };
  }

  /** Asks lists until no document that was not given can be among the best; answers how many there are. */
  private async further(lists: readonly Progress[], about: number): Promise<number> {
    let total = about;
    let pending = this.promising(lists);
    const { unconfirmed } = this.others;
    let isCounting = unconfirmed.size > 0 && about - unconfirmed.size < resultWindow;
    while (pending.length > 0 || isCounting) {
      const queries = pending.map((one) => this.queryOf(one));
      const answers = await this.ask(isCounting ? [...queries, this.countOf(lists[0]!.list)] : queries);
      if (isCounting) total = answers.at(-1)!.estimatedTotalHits - 1;
      isCounting = false;
      const taken = pending.map((one, index) => this.take(one, answers[index]));
      pending = this.promising(taken);
    }
    return total;
  }

  // What no list has given yet is no more popular than the last of everything that was.
  private promising(lists: readonly Progress[]): Progress[] {
    const least = this.least();
    return lists.filter(({ list, limit, below }) => limit < maxHits && list.weight + below > least);
  }

  private queryOf({ list, limit }: Progress): MeilisearchQuery {
    const filter = filterOf(list, this.wanted.filters);
    // The mark comes before them.
    return { filter, limit: limit + 1, attributesToRetrieve: hitFields };
  }

  // In one search, because between two of them some may be confirmed, and would be counted in one and not in the other.
  private countOf(list: MeilisearchList): MeilisearchQuery {
    const ids = [...this.others.unconfirmed].map(meilisearchId);
    const filter = [...filterOf(list, this.wanted.filters), [`id NOT IN [${ids.join(',')}]`]];
    return { filter, limit: 0, attributesToRetrieve: hitFields };
  }

  private take({ list, limit, below }: Progress, answer: MeilisearchAnswer | undefined): Progress {
    const [mark, ...given] = answer?.hits ?? [];
    if (mark?.generation !== this.generation) throw new MeilisearchFailure('notOurIndex');
    let last = below;
    for (const fields of given) {
      const hit = hitOf(fields);
      last = Math.min(last, hit.popularity);
      if (this.found.has(hit.id) || this.others.unconfirmed.has(hit.id)) continue;
      this.found.set(hit.id, { hit, score: score(this.wanted.query, hit) });
    }
    const isWhole = given.length < limit;
    return { list, limit: Math.min(limit * deeper, maxHits), below: isWhole ? -Infinity : last };
  }

  /** The score of the last document that is among the best as far as is known. */
  private least(): number {
    const scores = [...this.others.scores, ...[...this.found.values()].map((one) => one.score)];
    return scores.sort((a, b) => b - a)[this.wanted.limit - 1] ?? -Infinity;
  }

  private best(): Hit[] {
    return [...this.found.values()]
      .sort((a, b) => b.score - a.score || compareIds(a.hit.id, b.hit.id))
      .slice(0, this.wanted.limit)
      .map(({ hit }) => hit);
  }
}
