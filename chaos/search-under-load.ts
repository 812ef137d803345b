import { imageOf } from '../test/support/images';
import { RegistryUser } from '../test/support/registry-user';
import type { Actor, HttpResponse } from '../test/support/client';
import { Paced } from './load-generator';
import { descriptionOf, word, type Population, type SearchedProduct } from './search-instance';

/** What searches and writes came to. */
export interface Watched {
  readonly searches: number;
  readonly writes: number;
  readonly searchesPerSecond: number;
  readonly writesPerSecond: number;
  readonly failedSearches: number;
  readonly failedWrites: number;
  /** Answers with nothing in them. */
  readonly empty: number;
  /** Answers with less than there was before, less what was deleted. */
  readonly tooFew: number;
  /** Answers with what had been deleted five seconds before. */
  readonly tooMany: number;
  readonly slowestMs: number;
}

interface Page {
  readonly num_results: number;
  readonly results: readonly { name: string; description: string; star_count: number }[];
}

interface Known {
  told: number;
  starred: boolean;
  deleted: boolean;
}

const searchesPerSecond = 50;
const writesPerSecond = 20;
const mostCounted = 1_000;
const staleAfterMs = 5_000;
const mediaType = 'application/vnd.docker.distribution.events.v1+json';
// Of ten writes.
const kinds = 'describe star describe delete describe star describe push describe star'.split(' ');

/** People who search, and alice, who writes, while something is done to search; it knows what must be found. */
export class SearchUnderLoad {
  private failedSearches = 0;
  private failedWrites = 0;
  private empty = 0;
  private tooFew = 0;
  private tooMany = 0;
  private slowestMs = 0;
  private searches = 0;
  private writes = 0;
  private deletesBegun = 0;
  private readonly deletedAt: number[] = [];
  private readonly known: Known[];
  private readonly pushed: string[] = [];
  private readonly user: RegistryUser;
  private readonly alice: Actor;
  private readonly searching: Paced;
  private readonly writing: Paced;

  constructor(
    private readonly at: SearchedProduct,
    private readonly population: Population,
  ) {
    this.known = Array.from({ length: population.own }, () => ({ told: 0, starred: false, deleted: false }));
    this.user = new RegistryUser(at.registry.url, 'alice');
    this.alice = at.alice;
    this.searching = new Paced(searchesPerSecond, (n) => this.search(n));
    this.writing = new Paced(writesPerSecond, (n) => this.write(n));
  }

  async stop(): Promise<Watched> {
    const [searchRate, writeRate] = await Promise.all([this.searching.stop(), this.writing.stop()]);
    const { searches, writes, failedSearches, failedWrites, empty, tooFew, tooMany, slowestMs } = this;
    return {
      ...{ searches, writes, failedSearches, failedWrites, empty, tooFew, tooMany, slowestMs },
      searchesPerSecond: searchRate,
      writesPerSecond: writeRate,
    };
  }

  /** After `stop`: writes that are not found as they were made, and deleted repositories that are found. */
  async differences(): Promise<{ lost: string[]; returned: string[] }> {
    const [lost, returned]: [string[], string[]] = [[], []];
    const find = async (path: string): Promise<Page['results'][number] | undefined> => {
      const answer = await this.at.anonymous.get(`/v1/search?q=${path}&n=1`);
      const [hit] = (answer.json as Page).results;
      return hit?.name === path ? hit : undefined;
    };
    for (const [n, { told, starred, deleted }] of this.known.entries()) {
      const path = `alice/own-${n}`;
      const hit = await find(path);
      if (deleted && hit !== undefined) returned.push(path);
      const isSo = hit?.description === descriptionOf(told) && hit?.star_count === (starred ? 1 : 0);
      if (!deleted && !isSo) lost.push(path);
    }
    for (const path of this.pushed) if ((await find(path)) === undefined) lost.push(path);
    return { lost, returned };
  }

  private async search(n: number): Promise<void> {
    const { size, own } = this.population;
    const other = own + Math.floor(Math.random() * (size - own));
    const path = `crowd-${other % 100}/app-${other}`;
    const q = [word, 'many', word, path][n % 4]!;
    const begun = performance.now();
    const gone = this.deletedAt.filter((at) => at < begun - staleAfterMs).length;
    const answer = await this.at.anonymous.get(`/v1/search?q=${q}&n=25`).catch(() => undefined);
    this.searches += 1;
    this.slowestMs = Math.max(this.slowestMs, performance.now() - begun);
    if (answer?.status !== 200) {
      this.failedSearches += 1;
      return;
    }
    const { num_results: found, results } = answer.json as Page;
    if (found === 0) this.empty += 1;
    else if (q === path) this.tooFew += results[0]?.name === path ? 0 : 1;
    else {
      const all = q === word ? own : size;
      if (found < Math.min(all - this.deletesBegun, mostCounted)) this.tooFew += 1;
      if (found > Math.min(all - gone + this.pushed.length * (q === word ? 0 : 1), mostCounted))
        this.tooMany += 1;
    }
  }

  // The same repository comes again only after all others, long after what was written before was answered.
  private async write(n: number): Promise<void> {
    const round = Math.floor(n / this.known.length);
    const number = n % this.known.length;
    const known = this.known[number]!;
    const kind = known.deleted ? 'push' : kinds[(n + round) % kinds.length]!;
    const path = `/api/v1/repositories/alice/own-${number}`;
    this.writes += 1;
    if (kind === 'describe') {
      const body = { description: descriptionOf(n) };
      if (await this.done(this.alice.patch(path, body))) known.told = n;
    } else if (kind === 'star') {
      const asked = known.starred ? this.alice.delete(`${path}/star`) : this.alice.put(`${path}/star`);
      if (await this.done(asked)) known.starred = !known.starred;
    } else if (kind === 'delete') {
      this.deletesBegun += 1;
      if (!(await this.done(this.alice.delete(path)))) return;
      known.deleted = true;
      this.deletedAt.push(performance.now());
    } else await this.push(`alice/new-${n}`);
  }

  private async push(path: string): Promise<void> {
    const grant = `/token?service=main&scope=repository:${path}:pull,push`;
    if (!(await this.done(this.alice.get(grant)))) return;
    await this.user.push(path, imageOf(`layer of ${path}`), 'v1');
    const events = this.at.registry.drainEvents();
    const hook = this.at.anonymous.bearer(this.at.hookSecret);
    const headers = { 'content-type': mediaType };
    const body = JSON.stringify({ events });
    const reported = hook.send('POST', '/hooks/registry/main', { body, headers });
    if (await this.done(reported)) this.pushed.push(path);
  }

  private async done(asked: Promise<HttpResponse>): Promise<boolean> {
    const answer = await asked.catch(() => undefined);
    if (answer !== undefined && answer.status < 300) return true;
    this.failedWrites += 1;
    return false;
  }
}
