import type { Actor, HttpResponse } from '../test/support/client';
import { imageOf } from '../test/support/images';
import { RegistryUser } from '../test/support/registry-user';
import { LoadGenerator } from './load-generator';
import { descriptionOf, word, type Population, type SearchInstance } from './search-instance';

/** The outcome of searches and writes. */
export interface SearchLoadResult {
  readonly searches: number;
  readonly writes: number;
  readonly searchesPerSecond: number;
  readonly writesPerSecond: number;
  readonly failedSearches: number;
  readonly failedWrites: number;
  /** Searches without results. */
  readonly empty: number;
  /** Searches that returned fewer repositories than existed and were not being deleted. */
  readonly tooFew: number;
  /** Searches that returned repositories deleted more than five seconds before. */
  readonly tooMany: number;
  readonly slowestMs: number;
}

interface Page {
  readonly num_results: number;
  readonly results: readonly { name: string; description: string; star_count: number }[];
}

/** The last acknowledged state of a repository of alice. */
interface AcknowledgedState {
  /** The number of its description, see `descriptionOf`. */
  description: number;
  starred: boolean;
  deleted: boolean;
}

const searchesPerSecond = 50;
const writesPerSecond = 20;
/** Search counts results up to this number. */
const maxCounted = 1_000;
const maxStalenessMs = 5_000;
const mediaType = 'application/vnd.docker.distribution.events.v1+json';
// The kinds of ten writes.
const kinds = 'describe star describe delete describe star describe push describe star'.split(' ');

/** Clients that search and alice, who writes, during a scenario. It records what search must show. */
export class SearchUnderLoad {
  private failedSearches = 0;
  private failedWrites = 0;
  private empty = 0;
  private tooFew = 0;
  private tooMany = 0;
  private slowestMs = 0;
  private searches = 0;
  private writes = 0;
  private deletionsStarted = 0;
  private readonly deletedAt: number[] = [];
  private readonly acknowledged: AcknowledgedState[];
  private readonly pushed: string[] = [];
  private readonly user: RegistryUser;
  private readonly alice: Actor;
  private readonly searching: LoadGenerator;
  private readonly writing: LoadGenerator;

  /** Starts the load. */
  constructor(
    private readonly instance: SearchInstance,
    private readonly population: Population,
  ) {
    this.acknowledged = Array.from({ length: population.own }, () => ({
      description: 0,
      starred: false,
      deleted: false,
    }));
    this.user = new RegistryUser(instance.registry.url, 'alice');
    this.alice = instance.alice;
    this.searching = new LoadGenerator(searchesPerSecond, (n) => this.search(n));
    this.writing = new LoadGenerator(writesPerSecond, (n) => this.write(n));
  }

  async stop(): Promise<SearchLoadResult> {
    const [searchRate, writeRate] = await Promise.all([this.searching.stop(), this.writing.stop()]);
    const { searches, writes, failedSearches, failedWrites, empty, tooFew, tooMany, slowestMs } = this;
    return {
      ...{ searches, writes, failedSearches, failedWrites, empty, tooFew, tooMany, slowestMs },
      searchesPerSecond: searchRate,
      writesPerSecond: writeRate,
    };
  }

  /**
   * Returns, after `stop`, the repositories that search does not show as acknowledged (`lost`), and the deleted ones
   * that it shows (`returned`).
   */
  async differences(): Promise<{ lost: string[]; returned: string[] }> {
    const [lost, returned]: [string[], string[]] = [[], []];
    const find = async (path: string): Promise<Page['results'][number] | undefined> => {
      const response = await this.instance.anonymous.get(`/v1/search?q=${path}&n=1`);
      const [hit] = (response.json as Page).results;
      return hit?.name === path ? hit : undefined;
    };
    for (const [n, { description, starred, deleted }] of this.acknowledged.entries()) {
      const path = `alice/own-${n}`;
      const hit = await find(path);
      if (deleted && hit !== undefined) returned.push(path);
      const isCurrent =
        hit?.description === descriptionOf(description) && hit?.star_count === (starred ? 1 : 0);
      if (!deleted && !isCurrent) lost.push(path);
    }
    for (const path of this.pushed) if ((await find(path)) === undefined) lost.push(path);
    return { lost, returned };
  }

  private async search(n: number): Promise<void> {
    const { size, own } = this.population;
    const other = own + Math.floor(Math.random() * (size - own));
    const path = `crowd-${other % 100}/app-${other}`;
    const q = [word, 'many', word, path][n % 4]!;
    const started = performance.now();
    const deleted = this.deletedAt.filter((at) => at < started - maxStalenessMs).length;
    const response = await this.instance.anonymous.get(`/v1/search?q=${q}&n=25`).catch(() => undefined);
    this.searches += 1;
    this.slowestMs = Math.max(this.slowestMs, performance.now() - started);
    if (response?.status !== 200) {
      this.failedSearches += 1;
      return;
    }
    const { num_results: count, results } = response.json as Page;
    if (count === 0) this.empty += 1;
    else if (q === path) this.tooFew += results[0]?.name === path ? 0 : 1;
    else {
      const all = q === word ? own : size;
      if (count < Math.min(all - this.deletionsStarted, maxCounted)) this.tooFew += 1;
      if (count > Math.min(all - deleted + this.pushed.length * (q === word ? 0 : 1), maxCounted))
        this.tooMany += 1;
    }
  }

  // A repository is written again only after all others, long after the response to its previous write.
  private async write(n: number): Promise<void> {
    const round = Math.floor(n / this.acknowledged.length);
    const number = n % this.acknowledged.length;
    const state = this.acknowledged[number]!;
    const kind = state.deleted ? 'push' : kinds[(n + round) % kinds.length]!;
    const path = `/api/v1/repositories/alice/own-${number}`;
    this.writes += 1;
    if (kind === 'describe') {
      const body = { description: descriptionOf(n) };
      if (await this.succeeds(this.alice.patch(path, body))) state.description = n;
    } else if (kind === 'star') {
      const pending = state.starred ? this.alice.delete(`${path}/star`) : this.alice.put(`${path}/star`);
      if (await this.succeeds(pending)) state.starred = !state.starred;
    } else if (kind === 'delete') {
      this.deletionsStarted += 1;
      if (!(await this.succeeds(this.alice.delete(path)))) return;
      state.deleted = true;
      this.deletedAt.push(performance.now());
    } else await this.push(`alice/new-${n}`);
  }

  private async push(path: string): Promise<void> {
    const grant = `/token?service=main&scope=repository:${path}:pull,push`;
    if (!(await this.succeeds(this.alice.get(grant)))) return;
    await this.user.push(path, imageOf(`layer of ${path}`), 'v1');
    const events = this.instance.registry.drainEvents();
    const hook = this.instance.anonymous.bearer(this.instance.hookSecret);
    const headers = { 'content-type': mediaType };
    const body = JSON.stringify({ events });
    const pending = hook.send('POST', '/hooks/registry/main', { body, headers });
    if (await this.succeeds(pending)) this.pushed.push(path);
  }

  private async succeeds(pending: Promise<HttpResponse>): Promise<boolean> {
    const response = await pending.catch(() => undefined);
    if (response !== undefined && response.status < 300) return true;
    this.failedWrites += 1;
    return false;
  }
}
