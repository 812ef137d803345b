import { setTimeout as pause } from 'node:timers/promises';
import { print } from '../figures';
import { load, type Measured } from '../tokens/wrk';
import type { FilledProduct } from './filled-product';
import type { Owner } from './owner';

/** What the same machine answers when there is nothing to find. */
export interface Floor {
  /** Answers a second of two bare Node processes that always say the same. */
  readonly bare: number;
}

const clients = 8;
const changesPerSecond = 50;

// Until code is compiled and every connection has planned every statement, in seconds.
const warming = 10;

const told = ({ perSecond, p50, p99, failed }: Measured): string =>
  `${perSecond.toFixed(0)} a second, p50 ${p50.toFixed(1)}, p99 ${p99.toFixed(1)} ms${failed > 0 ? `, FAILED ${failed}` : ''}`;

const searches = (queries: readonly string[]) =>
  queries.map((q) => ({ path: `/v1/search?q=${encodeURIComponent(q)}&n=25` }));

/** Prints how fast all queries are answered, in turn: by one client and by eight, alone and beside changes. */
export async function loads(
  index: FilledProduct,
  owner: Owner,
  queries: readonly string[],
  seconds: number,
  floor: Floor,
): Promise<void> {
  const asked = searches(queries);
  const run = (list: readonly { path: string }[], connections: number): Promise<Measured> =>
    load(index.url, index.folder, list, { seconds, connections });
  await load(index.url, index.folder, asked, { seconds: warming, connections: clients });
  print('  one client', `${told(await run(asked, 1))} (aim p99 <= 10)`);
  const before = index.used();
  const eight = await run(asked, clients);
  const used = index.used();
  print(`  ${clients} clients`, `${told(eight)} (aim >= 1500 a second)`);
  const each = (kind: 'servers' | 'database'): string =>
    ((used[kind] - before[kind]) / (eight.perSecond * seconds)).toFixed(0);
  print('    processor time a search: servers, PostgreSQL', `${each('servers')}, ${each('database')} µs`);
  const constant = await run([{ path: '/v1/_ping' }], clients);
  print('    the same server, a constant', told(constant));
  print(
    '    searches, of the constant and of a bare server',
    `${(eight.perSecond / constant.perSecond).toFixed(2)}, ${(eight.perSecond / floor.bare).toFixed(2)}`,
  );
  // Warm, as the searches are: code compiled, statements planned.
  const stop = owner.changing(changesPerSecond);
  await load(index.url, index.folder, asked, { seconds: Math.min(seconds, 5), connections: clients });
  const changing = await run(asked, clients);
  const failed = await stop();
  const again = await run(asked, clients);
  const cost = 1 - changing.perSecond / ((eight.perSecond + again.perSecond) / 2);
  print(`  ${clients} clients, ${changesPerSecond} changes a second`, told(changing));
  print(`  ${clients} clients, without changes again`, told(again));
  print('    what changes cost', `${(cost * 100).toFixed(0)} % (aim <= 20), failed ${failed}`);
  await alone(index, owner, seconds);
  print('  suggestions, one client', `${told(await run(typing(queries), 1))} (aim p99 <= 5)`);
}

// What a change costs where, without anything else going on.
async function alone(index: FilledProduct, owner: Owner, seconds: number): Promise<void> {
  const before = index.used();
  const stop = owner.changing(changesPerSecond);
  await pause(seconds * 1000);
  await stop();
  await index.jobsDone();
  const used = index.used();
  const each = (['servers', 'worker', 'database'] as const).map((kind) =>
    ((used[kind] - before[kind]) / 1000 / (changesPerSecond * seconds)).toFixed(1),
  );
  print('    processor time a change: servers, worker, PostgreSQL', `${each.join(', ')} ms`);
}

// As somebody types: every beginning of each query.
function typing(queries: readonly string[]): { path: string }[] {
  return queries.flatMap((q) =>
    Array.from({ length: Math.min(q.length, 12) }, (_, n) => ({
      path: `/api/v1/search/suggest?q=${encodeURIComponent(q.slice(0, n + 1))}`,
    })),
  );
}

/** Searches on eight connections while `work` runs: so long that it is not over before. */
export async function whileSearching(
  index: FilledProduct,
  queries: readonly string[],
  work: () => Promise<void>,
): Promise<void> {
  let isDone = false;
  const searching = (async () => {
    while (!isDone)
      await load(index.url, index.folder, searches(queries), { seconds: 2, connections: clients });
  })();
  try {
    await work();
  } finally {
    isDone = true;
    await searching;
  }
}
