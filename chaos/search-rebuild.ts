import { setTimeout as pause } from 'node:timers/promises';
import type { RunningProduct } from '../test/support/product';
import { MeilisearchServer, noMeilisearch } from '../test/support/meilisearch-server';
import type { Drill, Figure } from './scenario';
import { SearchedProduct } from './search-instance';
import { SearchUnderLoad } from './search-under-load';

/**
 * The search index is rebuilt while people search and write: once whole, once killed midway and taken up. With
 * PostgreSQL alone, and with Meilisearch where MEILISEARCH_BIN names its program.
 */
export const searchRebuild: Drill = async ({ short }) => {
  const figures = await withEngine('PostgreSQL', short, undefined);
  if (noMeilisearch) return [...figures, { what: `rebuilds with Meilisearch: ${noMeilisearch}`, found: 0 }];
  const meilisearch = await MeilisearchServer.start();
  try {
    return [...figures, ...(await withEngine('Meilisearch', short, meilisearch))];
  } finally {
    await meilisearch.stop();
  }
};

async function withEngine(
  engine: string,
  short: boolean,
  meilisearch: MeilisearchServer | undefined,
): Promise<Figure[]> {
  const population = short ? { size: 2_000, own: 500 } : { size: 100_000, own: 900 };
  const at = await SearchedProduct.start(population, meilisearch?.env);
  try {
    if (!meilisearch) await grow(at);
    const load = new SearchUnderLoad(at, population);
    const begun = performance.now();
    const whole = await at.command(['search', 'rebuild']);
    if (whole.code !== 0) throw new Error(whole.stderr);
    const seconds = (performance.now() - begun) / 1000;
    const notMended = await (meilisearch
      ? killedAndTakenUp(at, short)
      : killedAndRunAgain(at, population.size));
    const watched = await load.stop();
    const settling = performance.now();
    await at.settled(30_000).catch(() => undefined);
    const settledAfter = (performance.now() - settling) / 1000;
    const { lost, returned } = await load.differences();
    for (const path of lost) process.stderr.write(`${engine}: not found as it was written: ${path}\n`);
    const checking = performance.now();
    const check = await at.command(['search', 'check']);
    const checkSeconds = (performance.now() - checking) / 1000;
    if (check.code !== 0) process.stderr.write(check.stdout);
    const figures: Figure[] = [
      { what: 'documents', found: population.size },
      { what: 'seconds of a rebuild', found: seconds },
      { what: 'searches', found: watched.searches },
      { what: 'searches a second', found: watched.searchesPerSecond },
      { what: 'writes', found: watched.writes },
      { what: 'writes a second', found: watched.writesPerSecond },
      { what: 'milliseconds of the slowest search', found: watched.slowestMs },
      { what: 'searches that failed', found: watched.failedSearches, asked: 0 },
      { what: 'searches that found nothing', found: watched.empty, asked: 0 },
      { what: 'searches that found less than there was and not deleted', found: watched.tooFew, asked: 0 },
      { what: 'searches that found what was deleted', found: watched.tooMany, asked: 0 },
      { what: 'writes that failed', found: watched.failedWrites, asked: 0 },
      { ...notMended, asked: 0 },
      { what: 'seconds until nothing waited', found: settledAfter, atMost: 30 },
      { what: 'writes that are not found', found: lost.length, asked: 0 },
      { what: 'deleted and found', found: returned.length, asked: 0 },
      { what: 'seconds of `search check`', found: checkSeconds },
      { what: 'status of `search check`', found: check.code ?? -1, asked: 0 },
      {
        what: 'copies mended that nobody knew of',
        found: await at.metric('central_index_search_drift_total'),
        asked: 0,
      },
    ];
    return figures.map((figure) => ({ ...figure, what: `${engine}: ${figure.what}` }));
  } finally {
    await at.stop();
  }
}

// Nothing is kept of one that was killed: what it wrote is right, and the next one writes all.
async function killedAndRunAgain(at: SearchedProduct, size: number): Promise<Figure> {
  await grow(at);
  const rebuild = at.begin(['search', 'rebuild']);
  await killWhen(rebuild, async () => {
    const left = await grown(at);
    return left > 0 && left < size / 2;
  });
  const again = await at.command(['search', 'rebuild']);
  if (again.code !== 0) throw new Error(again.stderr);
  return { what: 'documents not written anew after one that was killed', found: await grown(at) };
}

// The worker goes on where it was killed, with the index that was being filled.
async function killedAndTakenUp(at: SearchedProduct, short: boolean): Promise<Figure> {
  const rebuild = at.begin(['search', 'rebuild']);
  // Few documents are one batch: after it there is hardly anything left to do.
  const halfWay = short ? 0 : await at.number('select max(repository_id) / 2 as n from search_document');
  let building: string | null = null;
  await killWhen(rebuild, async () => {
    building = await mark(at, `case when built_to >= ${halfWay} then building end`);
    return building !== null;
  });
  await at.rebuilt(120_000);
  const isTakenUp = (await mark(at, 'generation')) === building;
  return { what: 'killed rebuilds begun anew instead of taken up', found: isTakenUp ? 0 : 1 };
}

async function killWhen(rebuild: RunningProduct, isMidway: () => Promise<boolean>): Promise<void> {
  let hasEnded = false;
  void rebuild.result.then(() => (hasEnded = true));
  while (!(await isMidway())) {
    if (hasEnded) throw new Error('it ended before it was killed');
    await pause(5);
  }
  await rebuild.kill();
}

async function mark(at: SearchedProduct, column: string): Promise<string | null> {
  const { rows } = await at.sql.query<{ mark: string | null }>(
    `select ${column} as mark from search_replica`,
  );
  return rows[0]!.mark;
}

// As if an earlier release had read other words: a term more in every document, which a rebuild takes out.
const oldTerm = 1;
const batch = 5_000;

async function grow(at: SearchedProduct): Promise<void> {
  const last = await at.number('select max(repository_id) as n from search_document');
  for (let from = 0; from <= last; from += batch) {
    await at.sql.query(
      `update search_document set terms = terms || ${oldTerm}::bigint where repository_id >= $1 and repository_id < $2`,
      [from, from + batch],
    );
  }
}

function grown(at: SearchedProduct): Promise<number> {
  return at.number(`select count(*) as n from search_posting where term = ${oldTerm}`);
}
