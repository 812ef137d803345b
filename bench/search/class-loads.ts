import { print } from '../stats';
import { runWrk, type WrkResult } from '../tokens/wrk';
import { mixed, type QueryClass } from './query-classes';
import { searchRequests } from './loads';
import type { SeededInstance } from './seeded-instance';

const clients = 8;
const warmupSeconds = 5;

/**
 * Prints the times of one client and the rate of eight, for each class of queries and for all of them mixed, and the
 * processor time that a search costs.
 */
export async function classLoads(
  index: SeededInstance,
  classes: readonly QueryClass[],
  seconds: number,
): Promise<void> {
  const all = { name: 'all of them, mixed', queries: mixed(classes) };
  const run = (queries: readonly string[], connections: number, duration = seconds): Promise<WrkResult> =>
    runWrk(index.url, index.folder, searchRequests(queries), { seconds: duration, connections });
  await run(all.queries, clients, warmupSeconds);
  print(
    '  class of queries',
    'one client: mean, p50, p99 ms | 8 clients: per second, p99 ms | µs: servers, PostgreSQL',
  );
  for (const { name, queries } of [...classes, all]) {
    await run(queries, clients, 1);
    const one = await run(queries, 1);
    const before = index.processorTimes();
    const eight = await run(queries, clients);
    const after = index.processorTimes();
    const searches = eight.perSecond * seconds;
    const micros = (['servers', 'database'] as const).map((kind) =>
      ((after[kind] - before[kind]) / searches).toFixed(0),
    );
    const times = [one.mean, one.p50, one.p99].map((time) => time.toFixed(1)).join(', ');
    const failed = one.failed + eight.failed > 0 ? ` FAILED ${one.failed + eight.failed}` : '';
    print(
      `    ${name}`,
      `${times} | ${eight.perSecond.toFixed(0)}, ${eight.p99.toFixed(1)} | ${micros.join(', ')}${failed}`,
    );
  }
  print('  aims', 'mean of each class <= 3 ms; mixed: >= 1500 per second, p99 <= 10 ms');
}

/** Prints what eight anonymous clients reach that search for one word, whose result they share, and what that costs. */
export async function storm(index: SeededInstance, word: string, seconds: number): Promise<void> {
  const before = index.processorTimes();
  const { perSecond, p99 } = await runWrk(index.url, index.folder, searchRequests([word]), {
    seconds,
    connections: clients,
  });
  const after = index.processorTimes();
  print(
    `  ${clients} anonymous clients, one word, shared results`,
    `${perSecond.toFixed(0)} per second, p99 ${p99.toFixed(1)} ms; PostgreSQL ${((after.database - before.database) / perSecond / seconds).toFixed(0)} µs per search`,
  );
}
