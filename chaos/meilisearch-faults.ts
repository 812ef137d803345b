import { Agent, request } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { quantile } from '../bench/stats';
import { eventually } from '../test/support/eventually';
import { MeilisearchServer, noMeilisearch } from '../test/support/meilisearch-server';
import { conditions, FaultyMeilisearch, type Condition } from './faulty-meilisearch';
import { LoadGenerator } from './load-generator';
import type { Measurement, Scenario } from './scenario';
import { SearchInstance } from './search-instance';

const tokensPerSecond = 60;
const searchesPerSecond = 20;
const maxSearchMs = 1_000;

/**
 * Meilisearch is alternately healthy, stopped, hanging, failing and rejecting the key, several times, while clients
 * request tokens and search.
 */
export const meilisearchFaults: Scenario = async ({ short }) => {
  if (noMeilisearch) return [{ label: `SKIPPED: ${noMeilisearch}`, value: 0 }];
  const [rounds, seconds] = short ? [1, 2] : [6, 8];
  const meilisearch = await FaultyMeilisearch.start(await MeilisearchServer.start());
  try {
    const instance = await SearchInstance.start(
      { size: 5_000, own: 10 },
      { ...meilisearch.env, SERVER_PROCESSES: '1' },
    );
    try {
      return await measure(instance, meilisearch, { rounds, seconds, short });
    } finally {
      await instance.stop();
    }
  } finally {
    await meilisearch.stop();
  }
};

async function measure(
  instance: SearchInstance,
  meilisearch: FaultyMeilisearch,
  { rounds, seconds, short }: { rounds: number; seconds: number; short: boolean },
): Promise<Measurement[]> {
  const load = new TokensAndSearches(instance);
  // Warms up both.
  await load.run(seconds);
  load.slowest.splice(0);
  const tokenMs = new Map<Condition, number[][]>(conditions.map((condition) => [condition, []]));
  let [slowestReturn, ineffective] = [0, 0];
  for (let round = 0; round < rounds; round += 1) {
    // In another order each round, so that a condition does not always follow the same one.
    for (let n = 0; n < conditions.length; n += 1) {
      const condition = conditions[(n + round) % conditions.length]!;
      await meilisearch.become(condition);
      meilisearch.resetSearches();
      tokenMs.get(condition)!.push(await load.run(seconds));
      const searches = meilisearch.resetSearches();
      if (condition === 'healthy' && searches === 0) ineffective += 1;
      if (condition !== 'healthy' && condition !== 'hanging' && searches > 0) ineffective += 1;
      if (condition === 'healthy') continue;
      await meilisearch.become('healthy');
      slowestReturn = Math.max(slowestReturn, await secondsUntilUsed(instance, meilisearch));
    }
  }
  return [
    { label: 'searches', value: load.searches },
    { label: 'searches that failed', value: load.failedSearches, expected: 0 },
    { label: 'milliseconds of the slowest search', value: Math.max(...load.slowest), max: maxSearchMs },
    { label: 'token requests', value: load.tokens },
    { label: 'token requests that failed', value: load.failedTokens, expected: 0 },
    { label: 'periods in which Meilisearch was not in its condition', value: ineffective, expected: 0 },
    { label: 'seconds until Meilisearch was searched again, longest', value: slowestReturn, max: 10 },
    ...tokenMeasurements(tokenMs, short),
  ];
}

// The median over periods: a single period may be disturbed by something else on the machine.
function tokenMeasurements(
  tokenMs: ReadonlyMap<Condition, readonly number[][]>,
  short: boolean,
): Measurement[] {
  const p99 = (condition: Condition): number =>
    quantile(
      tokenMs.get(condition)!.map((period) => quantile(period, 0.99)),
      0.5,
    );
  const healthy = p99('healthy');
  return conditions.flatMap((condition): Measurement[] => {
    const measurement = {
      label: `milliseconds of a token, median of the periods' p99, Meilisearch ${condition}`,
      value: p99(condition),
    };
    if (condition === 'healthy') return [measurement];
    const increase = (p99(condition) / healthy - 1) * 100;
    return [
      measurement,
      { label: '  increase over healthy, percent', value: increase, ...(short ? {} : { max: 10 }) },
    ];
  });
}

async function secondsUntilUsed(instance: SearchInstance, meilisearch: FaultyMeilisearch): Promise<number> {
  const started = performance.now();
  await eventually(async () => {
    await instance.anonymous.get('/v1/search?q=many');
    if (meilisearch.resetSearches() === 0) throw new Error('PostgreSQL is searched');
  }, 30_000).catch(() => undefined);
  return (performance.now() - started) / 1000;
}

/** Clients that request tokens and clients that search, for periods of some seconds. */
class TokensAndSearches {
  searches = 0;
  tokens = 0;
  failedSearches = 0;
  failedTokens = 0;
  /** Milliseconds of the slowest search of each period. */
  readonly slowest: number[] = [];
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 20 });

  constructor(private readonly instance: SearchInstance) {}

  /** Runs for one period and returns the milliseconds of each token request. */
  async run(seconds: number): Promise<number[]> {
    const tokenMs: number[] = [];
    let slowest = 0;
    const { authorization } = this.instance.alice.headers;
    const requestingTokens = new LoadGenerator(tokensPerSecond, async (n) => {
      const started = performance.now();
      const path = `/token?service=main&scope=repository:alice/own-${n % 10}:pull`;
      const status = await this.send(path, { authorization: authorization! });
      this.tokens += 1;
      if (status !== 200) this.failedTokens += 1;
      tokenMs.push(performance.now() - started);
    });
    const searching = new LoadGenerator(searchesPerSecond, async (n) => {
      const started = performance.now();
      const q = ['many', `app-${100 + (n % 1000)}`, 'quokka', 'number'][n % 4]!;
      const status = await this.send(`/v1/search?q=${q}&n=25`, {});
      this.searches += 1;
      if (status !== 200) this.failedSearches += 1;
      slowest = Math.max(slowest, performance.now() - started);
    });
    await pause(seconds * 1000);
    await Promise.all([requestingTokens.stop(), searching.stop()]);
    this.slowest.push(slowest);
    return tokenMs;
  }

  /** Returns the status of the response, or 0 if there is none. */
  private send(path: string, headers: Record<string, string>): Promise<number> {
    return new Promise((resolve) => {
      request(`${this.instance.anonymous.url}${path}`, { agent: this.agent, headers })
        .on('response', (response) => response.resume().on('end', () => resolve(response.statusCode!)))
        .on('error', () => resolve(0))
        .end();
    });
  }
}
