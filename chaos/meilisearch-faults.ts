import { Agent, request } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { quantile } from '../bench/stats';
import { eventually } from '../test/support/eventually';
import { MeilisearchServer, noMeilisearch } from '../test/support/meilisearch-server';
import type { Drill, Figure } from './scenario';
import { conditions, FaultyMeilisearch, type Condition } from './faulty-meilisearch';
import { Paced } from './load-generator';
import { SearchedProduct } from './search-instance';

const tokensPerSecond = 60;
const searchesPerSecond = 20;
const mostMs = 1_000;

/**
 * Meilisearch is well, stopped, hanging, failing and refusing the key by turns, several times over, while registries'
 * clients get tokens and people search.
 */
export const meilisearchFaults: Drill = async ({ short }) => {
  if (noMeilisearch) return [{ what: `faults of Meilisearch: ${noMeilisearch}`, found: 0 }];
  const [rounds, seconds] = short ? [1, 2] : [6, 8];
  const meilisearch = await FaultyMeilisearch.before(await MeilisearchServer.start());
  try {
    const at = await SearchedProduct.start(
      { size: 5_000, own: 10 },
      { ...meilisearch.env, SERVER_PROCESSES: '1' },
    );
    try {
      const load = new TokensAndSearches(at);
      await load.turn(seconds);
      load.slowest.splice(0);
      const tokenMs = new Map<Condition, number[][]>(conditions.map((condition) => [condition, []]));
      let [slowestReturn, unused] = [0, 0];
      for (let round = 0; round < rounds; round += 1) {
        // Another order each round, so that nothing always follows the same.
        for (let n = 0; n < conditions.length; n += 1) {
          const condition = conditions[(n + round) % conditions.length]!;
          await meilisearch.become(condition);
          meilisearch.takeAnswered();
          tokenMs.get(condition)!.push(await load.turn(seconds));
          const answered = meilisearch.takeAnswered();
          if (condition === 'well' && answered === 0) unused += 1;
          if (condition !== 'well' && condition !== 'hanging' && answered > 0) unused += 1;
          if (condition === 'well') continue;
          await meilisearch.become('well');
          slowestReturn = Math.max(slowestReturn, await untilUsed(at, meilisearch));
        }
      }
      const figures: Figure[] = [
        { what: 'searches', found: load.searches },
        { what: 'searches that failed', found: load.failedSearches, asked: 0 },
        { what: 'milliseconds of the slowest search', found: Math.max(...load.slowest), atMost: mostMs },
        { what: 'token requests', found: load.tokens },
        { what: 'token requests that failed', found: load.failedTokens, asked: 0 },
        { what: 'turns in which Meilisearch was not as it was meant to be', found: unused, asked: 0 },
        { what: 'seconds until Meilisearch was searched again, at worst', found: slowestReturn, atMost: 10 },
      ];
      return [...figures, ...tokenFigures(tokenMs, short)];
    } finally {
      await at.stop();
    }
  } finally {
    await meilisearch.stop();
  }
};

// Half of the turns are better, half are worse: one that something else on the machine disturbed says nothing.
function tokenFigures(tokenMs: ReadonlyMap<Condition, readonly number[][]>, short: boolean): Figure[] {
  const p99 = (condition: Condition): number =>
    quantile(
      tokenMs.get(condition)!.map((turn) => quantile(turn, 0.99)),
      0.5,
    );
  const well = p99('well');
  return conditions.flatMap((condition): Figure[] => {
    const figure = {
      what: `milliseconds of a token, p99 of the middle turn, Meilisearch ${condition}`,
      found: p99(condition),
    };
    if (condition === 'well') return [figure];
    const more = (p99(condition) / well - 1) * 100;
    return [
      figure,
      { what: '  more than when it is well, per cent', found: more, ...(short ? {} : { atMost: 10 }) },
    ];
  });
}

/** Seconds until a search is answered by Meilisearch again. */
async function untilUsed(at: SearchedProduct, meilisearch: FaultyMeilisearch): Promise<number> {
  const begun = performance.now();
  await eventually(async () => {
    await at.anonymous.get('/v1/search?q=many');
    if (meilisearch.takeAnswered() === 0) throw new Error('PostgreSQL is searched');
  }, 30_000).catch(() => undefined);
  return (performance.now() - begun) / 1000;
}

/** Clients that get tokens and people who search, in turns of some seconds. */
class TokensAndSearches {
  searches = 0;
  tokens = 0;
  failedSearches = 0;
  failedTokens = 0;
  /** Milliseconds of the slowest search of each turn. */
  readonly slowest: number[] = [];
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 20 });

  constructor(private readonly at: SearchedProduct) {}

  /** Answers the milliseconds that each token took. */
  async turn(seconds: number): Promise<number[]> {
    const took: number[] = [];
    let slowest = 0;
    const { authorization } = this.at.alice.headers;
    const asking = new Paced(tokensPerSecond, async (n) => {
      const begun = performance.now();
      const path = `/token?service=main&scope=repository:alice/own-${n % 10}:pull`;
      const status = await this.ask(path, { authorization: authorization! });
      this.tokens += 1;
      if (status !== 200) this.failedTokens += 1;
      took.push(performance.now() - begun);
    });
    const searching = new Paced(searchesPerSecond, async (n) => {
      const begun = performance.now();
      const q = ['many', `app-${100 + (n % 1000)}`, 'quokka', 'number'][n % 4]!;
      const status = await this.ask(`/v1/search?q=${q}&n=25`, {});
      this.searches += 1;
      if (status !== 200) this.failedSearches += 1;
      slowest = Math.max(slowest, performance.now() - begun);
    });
    await pause(seconds * 1000);
    await Promise.all([asking.stop(), searching.stop()]);
    this.slowest.push(slowest);
    return took;
  }

  private ask(path: string, headers: Record<string, string>): Promise<number> {
    return new Promise((resolve) => {
      request(`${this.at.anonymous.url}${path}`, { agent: this.agent, headers })
        .on('response', (answer) => answer.resume().on('end', () => resolve(answer.statusCode!)))
        .on('error', () => resolve(0))
        .end();
    });
  }
}
