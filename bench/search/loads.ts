import { setTimeout as pause } from 'node:timers/promises';
import { print } from '../stats';
import { runWrk, type WrkResult } from '../tokens/wrk';
import type { SeededInstance } from './seeded-instance';
import type { WriteLoad } from './write-load';

/** What the machine achieves without the product. */
export interface Baseline {
  /** Responses per second of two Node processes that always send a constant. */
  readonly perSecond: number;
}

const clients = 8;
const changesPerSecond = 50;

// Until V8 has compiled the code and every connection has planned every statement.
const warmupSeconds = 20;

// Searches with and without changes alternate, because other load on the machine comes and goes within seconds.
const turns = 3;

const format = (...rounds: readonly WrkResult[]): string => {
  const each = (field: keyof WrkResult, digits: number): string =>
    rounds.map((measured) => measured[field].toFixed(digits)).join(', ');
  const failed = rounds.some((measured) => measured.failed > 0) ? `, FAILED ${each('failed', 0)}` : '';
  return `${each('perSecond', 0)} per second, p50 ${each('p50', 1)}, p99 ${each('p99', 1)} ms${failed}`;
};

const meanRate = (rounds: readonly WrkResult[]): number =>
  rounds.reduce((sum, measured) => sum + measured.perSecond, 0) / rounds.length;

/** Requests of searches, with the page that `docker search` requests. */
export const searchRequests = (queries: readonly string[]): { path: string }[] =>
  queries.map((q) => ({ path: `/v1/search?q=${encodeURIComponent(q)}&n=25` }));

/** Prints the rate and the times of searches: with one client and with eight, without and with changes. */
export async function loads(
  index: SeededInstance,
  writes: WriteLoad,
  queries: readonly string[],
  seconds: number,
  baseline: Baseline,
): Promise<void> {
  const requests = searchRequests(queries);
  const run = (list: readonly { path: string }[], connections: number): Promise<WrkResult> =>
    runWrk(index.url, index.folder, list, { seconds, connections });
  await runWrk(index.url, index.folder, requests, { seconds: warmupSeconds, connections: clients });
  print('  one client', `${format(await run(requests, 1))} (aim p99 <= 10)`);
  const [quiet, changing]: [WrkResult[], WrkResult[]] = [[], []];
  const cpu = { servers: 0, database: 0 };
  let failed = 0;
  for (let turn = 0; turn < turns; turn += 1) {
    const before = index.processorTimes();
    quiet.push(await run(requests, clients));
    const after = index.processorTimes();
    for (const kind of ['servers', 'database'] as const) cpu[kind] += after[kind] - before[kind];
    const stop = writes.start(changesPerSecond);
    changing.push(await run(requests, clients));
    failed += await stop();
  }
  print(`  ${clients} clients`, `${format(...quiet)} (aim >= 1500 per second)`);
  const searched = meanRate(quiet) * turns * seconds;
  print(
    '    processor time per search: servers, PostgreSQL',
    `${(cpu.servers / searched).toFixed(0)}, ${(cpu.database / searched).toFixed(0)} µs`,
  );
  const constant = await run([{ path: '/v1/_ping' }], clients);
  print('    a constant response of the same server', format(constant));
  print(
    '    searches, relative to that and to the baseline',
    `${(meanRate(quiet) / constant.perSecond).toFixed(2)}, ${(meanRate(quiet) / baseline.perSecond).toFixed(2)}`,
  );
  print(`  ${clients} clients, ${changesPerSecond} changes per second, alternating`, format(...changing));
  const cost = 1 - meanRate(changing) / meanRate(quiet);
  print('    rate lost to changes', `${(cost * 100).toFixed(0)} % (aim <= 20), failed ${failed}`);
  await changesAlone(index, writes, seconds);
  print('  suggestions, one client', `${format(await run(suggestions(queries), 1))} (aim p99 <= 5)`);
}

// Prints the processor time of changes without searches, by process.
async function changesAlone(index: SeededInstance, writes: WriteLoad, seconds: number): Promise<void> {
  const before = index.processorTimes();
  const stop = writes.start(changesPerSecond);
  await pause(seconds * 1000);
  await stop();
  await index.waitForJobs();
  const after = index.processorTimes();
  const each = (['servers', 'worker', 'database'] as const).map((kind) =>
    ((after[kind] - before[kind]) / 1000 / (changesPerSecond * seconds)).toFixed(1),
  );
  print('    processor time per change: servers, worker, PostgreSQL', `${each.join(', ')} ms`);
}

// As a user types: each prefix of each query, up to 12 characters.
function suggestions(queries: readonly string[]): { path: string }[] {
  return queries.flatMap((q) =>
    Array.from({ length: Math.min(q.length, 12) }, (_, n) => ({
      path: `/api/v1/search/suggest?q=${encodeURIComponent(q.slice(0, n + 1))}`,
    })),
  );
}

/** Runs `work` while eight clients search. */
export async function whileSearching(
  index: SeededInstance,
  queries: readonly string[],
  work: () => Promise<void>,
): Promise<void> {
  let isDone = false;
  const searching = (async () => {
    while (!isDone)
      await runWrk(index.url, index.folder, searchRequests(queries), { seconds: 2, connections: clients });
  })();
  try {
    await work();
  } finally {
    isDone = true;
    await searching;
  }
}
