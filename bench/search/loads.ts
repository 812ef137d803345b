import { setTimeout as pause } from 'node:timers/promises';
import { print } from '../stats';
import { load, type Measured } from '../tokens/wrk';
import type { FilledProduct } from './seeded-instance';
import type { Owner } from './write-load';

/** What the same machine answers when there is nothing to find. */
export interface Floor {
  /** Answers a second of two bare Node processes that always say the same. */
  readonly bare: number;
}

const clients = 8;
const changesPerSecond = 50;

// Until code is compiled and every connection has planned every statement, in seconds.
const warming = 20;

// By turns without changes and beside them: what else a machine does comes and goes within seconds.
const turns = 3;

const told = (...rounds: readonly Measured[]): string => {
  const each = (what: keyof Measured, digits: number): string =>
    rounds.map((measured) => measured[what].toFixed(digits)).join(', ');
  const failed = rounds.some((measured) => measured.failed > 0) ? `, FAILED ${each('failed', 0)}` : '';
  return `${each('perSecond', 0)} a second, p50 ${each('p50', 1)}, p99 ${each('p99', 1)} ms${failed}`;
};

const perSecond = (rounds: readonly Measured[]): number =>
  rounds.reduce((sum, measured) => sum + measured.perSecond, 0) / rounds.length;

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
  const [calm, changing]: [Measured[], Measured[]] = [[], []];
  const used = { servers: 0, database: 0 };
  let failed = 0;
  for (let turn = 0; turn < turns; turn += 1) {
    const before = index.used();
    calm.push(await run(asked, clients));
    const after = index.used();
    for (const kind of ['servers', 'database'] as const) used[kind] += after[kind] - before[kind];
    const stop = owner.changing(changesPerSecond);
    changing.push(await run(asked, clients));
    failed += await stop();
  }
  print(`  ${clients} clients`, `${told(...calm)} (aim >= 1500 a second)`);
  const searched = perSecond(calm) * turns * seconds;
  print(
    '    processor time a search: servers, PostgreSQL',
    `${(used.servers / searched).toFixed(0)}, ${(used.database / searched).toFixed(0)} µs`,
  );
  const constant = await run([{ path: '/v1/_ping' }], clients);
  print('    the same server, a constant', told(constant));
  print(
    '    searches, of the constant and of a bare server',
    `${(perSecond(calm) / constant.perSecond).toFixed(2)}, ${(perSecond(calm) / floor.bare).toFixed(2)}`,
  );
  print(`  ${clients} clients, ${changesPerSecond} changes a second, by turns`, told(...changing));
  const cost = 1 - perSecond(changing) / perSecond(calm);
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
