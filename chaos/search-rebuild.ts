import { setTimeout as pause } from 'node:timers/promises';
import { MeilisearchServer, noMeilisearch } from '../test/support/meilisearch-server';
import type { RunningProduct } from '../test/support/product';
import type { Measurement, Scenario } from './scenario';
import { SearchInstance } from './search-instance';
import { SearchUnderLoad, type SearchLoadResult } from './search-under-load';

/**
 * The search index is rebuilt while clients search and write: once without an interruption, once killed midway and
 * repeated or resumed. With PostgreSQL alone, and with Meilisearch where MEILISEARCH_BIN names its program.
 */
export const searchRebuild: Scenario = async ({ short }) => {
  const measurements = await rebuildUnderLoad('PostgreSQL', short, undefined);
  if (noMeilisearch) return [...measurements, { label: `Meilisearch: SKIPPED, ${noMeilisearch}`, value: 0 }];
  const meilisearch = await MeilisearchServer.start();
  try {
    return [...measurements, ...(await rebuildUnderLoad('Meilisearch', short, meilisearch))];
  } finally {
    await meilisearch.stop();
  }
};

async function rebuildUnderLoad(
  engine: string,
  short: boolean,
  meilisearch: MeilisearchServer | undefined,
): Promise<Measurement[]> {
  const population = short ? { size: 2_000, own: 500 } : { size: 100_000, own: 900 };
  const instance = await SearchInstance.start(population, meilisearch?.env);
  try {
    if (!meilisearch) await addFormerTerm(instance);
    const load = new SearchUnderLoad(instance, population);
    const started = performance.now();
    const rebuild = await instance.command(['search', 'rebuild']);
    if (rebuild.code !== 0) throw new Error(rebuild.stderr);
    const seconds = (performance.now() - started) / 1000;
    const incomplete = await (meilisearch
      ? killAndResume(instance, short)
      : killAndRepeat(instance, population.size));
    const result = await load.stop();
    const measurements: Measurement[] = [
      { label: 'documents', value: population.size },
      { label: 'seconds of a rebuild', value: seconds },
      ...loadMeasurements(result),
      { ...incomplete, expected: 0 },
      ...(await measureDifferences(engine, instance, load)),
    ];
    return measurements.map((measurement) => ({ ...measurement, label: `${engine}: ${measurement.label}` }));
  } finally {
    await instance.stop();
  }
}

function loadMeasurements(result: SearchLoadResult): Measurement[] {
  return [
    { label: 'searches', value: result.searches },
    { label: 'searches per second', value: result.searchesPerSecond },
    { label: 'writes', value: result.writes },
    { label: 'writes per second', value: result.writesPerSecond },
    { label: 'milliseconds of the slowest search', value: result.slowestMs },
    { label: 'searches that failed', value: result.failedSearches, expected: 0 },
    { label: 'searches that returned nothing', value: result.empty, expected: 0 },
    { label: 'searches that missed repositories', value: result.tooFew, expected: 0 },
    { label: 'searches that returned deleted repositories', value: result.tooMany, expected: 0 },
    { label: 'writes that failed', value: result.failedWrites, expected: 0 },
  ];
}

async function measureDifferences(
  engine: string,
  instance: SearchInstance,
  load: SearchUnderLoad,
): Promise<Measurement[]> {
  const started = performance.now();
  await instance.waitUntilSettled(30_000).catch(() => undefined);
  const settledSeconds = (performance.now() - started) / 1000;
  const { lost, returned } = await load.differences();
  for (const path of lost) process.stderr.write(`${engine}: not found as written: ${path}\n`);
  const checkStarted = performance.now();
  const check = await instance.command(['search', 'check']);
  const checkSeconds = (performance.now() - checkStarted) / 1000;
  if (check.code !== 0) process.stderr.write(check.stdout);
  return [
    { label: 'seconds until nothing was pending', value: settledSeconds, max: 30 },
    { label: 'writes that search does not show', value: lost.length, expected: 0 },
    { label: 'deleted repositories that search shows', value: returned.length, expected: 0 },
    { label: 'seconds of `search check`', value: checkSeconds },
    { label: 'exit status of `search check`', value: check.code ?? -1, expected: 0 },
    { label: 'unexpected differences of the replica', value: await instance.drift(), expected: 0 },
  ];
}

// PostgreSQL: a killed rebuild leaves no state. What it wrote is correct, and the next rebuild writes all documents.
async function killAndRepeat(instance: SearchInstance, size: number): Promise<Measurement> {
  await addFormerTerm(instance);
  const rebuild = instance.begin(['search', 'rebuild']);
  await killWhen(rebuild, async () => {
    const left = await countFormerTerm(instance);
    return left > 0 && left < size / 2;
  });
  const repeated = await instance.command(['search', 'rebuild']);
  if (repeated.code !== 0) throw new Error(repeated.stderr);
  return {
    label: 'documents not rewritten by a rebuild after a killed one',
    value: await countFormerTerm(instance),
  };
}

// Meilisearch: the worker resumes the rebuild where it was killed, with the index that was being filled.
async function killAndResume(instance: SearchInstance, short: boolean): Promise<Measurement> {
  const rebuild = instance.begin(['search', 'rebuild']);
  // The documents of the short form fit in one batch, so nearly nothing is left after it.
  const halfway = short
    ? 0
    : await instance.number('select max(repository_id) / 2 as n from search_document');
  let building: string | null = null;
  await killWhen(rebuild, async () => {
    building = await replicaState(instance, `case when built_up_to >= ${halfway} then building end`);
    return building !== null;
  });
  await instance.waitUntilRebuilt(120_000);
  const isResumed = (await replicaState(instance, 'generation')) === building;
  return { label: 'killed rebuilds restarted instead of resumed', value: isResumed ? 0 : 1 };
}

async function killWhen(rebuild: RunningProduct, isMidway: () => Promise<boolean>): Promise<void> {
  let hasEnded = false;
  void rebuild.result.then(() => (hasEnded = true));
  while (!(await isMidway())) {
    if (hasEnded) throw new Error('the rebuild ended before it could be killed');
    await pause(5);
  }
  await rebuild.kill();
}

async function replicaState(instance: SearchInstance, expression: string): Promise<string | null> {
  const { rows } = await instance.sql.query<{ value: string | null }>(
    `select ${expression} as value from search_replica`,
  );
  return rows[0]!.value;
}

// Stands for a tokenizer of an earlier release that produced other words: one more term in every document, which a
// rebuild removes.
const formerTerm = 1;
const batchSize = 5_000;

async function addFormerTerm(instance: SearchInstance): Promise<void> {
  const last = await instance.number('select max(repository_id) as n from search_document');
  for (let from = 0; from <= last; from += batchSize) {
    await instance.sql.query(
      `update search_document set terms = terms || ${formerTerm}::bigint where repository_id >= $1 and repository_id < $2`,
      [from, from + batchSize],
    );
  }
}

function countFormerTerm(instance: SearchInstance): Promise<number> {
  return instance.number(`select count(*) as n from search_posting where term = ${formerTerm}`);
}
