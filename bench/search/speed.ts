import { parseArgs } from 'node:util';
import { temporaryFolder } from '../../test/acceptance/support/environment';
import type { BlobRegistry } from '../../test/acceptance/support/registry';
import { MeilisearchServer, noMeilisearch } from '../../test/support/meilisearch-server';
import { measureBaseline } from '../baseline';
import { print, runBench } from '../stats';
import { bareMeilisearch } from './bare-meilisearch';
import { changeTimes } from './change-times';
import { classLoads, storm } from './class-loads';
import { DevData } from './dev-data';
import { SeededInstance } from './seeded-instance';
import { freshness, registryFor } from './freshness';
import { loads, whileSearching, type Baseline } from './loads';
import { seededRandom } from './synthetic-rows';
import { queriesOf } from './queries';
import { realRows, rowsFile } from './rows-file';
import { queryClasses, type QueryClass } from './query-classes';
import { WriteLoad } from './write-load';

// Measures search of the product as operators start it, for each number of repositories:
//   npm run bench:search -- [--rows 265048 …] [--data FOLDER] [--seconds 10] [--fresh 10] [--part classes …]
// With the development data in FOLDER, 265048 rows are its real repositories; other numbers are synthetic rows made of its
// words. Without it, all rows are synthetic. --part measures some of the parts only: `index`, `classes`, `loads`,
// `freshness`, `changes`.

const parts = ['index', 'classes', 'loads', 'freshness', 'changes'] as const;
type Part = (typeof parts)[number];

interface Options {
  readonly data: DevData | undefined;
  readonly seconds: number;
  readonly fresh: number;
  readonly parts: ReadonlySet<Part>;
}

// What a search costs is measured without sharing results between anonymous callers; so are the clients of wrk.
const unshared = { SEARCH_CACHE_MS: '0' };

async function measure(rows: number, options: Options, baseline: Baseline): Promise<void> {
  const { data } = options;
  const folder = temporaryFolder();
  const { file, kind } = await rowsFile(folder, rows, data);
  print(`\n${rows} ${kind} repositories`, '');
  const index = await SeededInstance.start(folder);
  const { importing, indexing } = await index.fill(file);
  print('seconds of import, and further ones of indexing', `${importing.toFixed(1)}, ${indexing.toFixed(1)}`);
  if (options.parts.has('index')) await rebuild(index);
  const load = await loadOf(index, options);
  await measureEngine('PostgreSQL engine', index, load, options, baseline);
  if (noMeilisearch !== false) print('Meilisearch engine', `SKIPPED: ${noMeilisearch}`);
  else {
    const meilisearch = await MeilisearchServer.start();
    await index.restart(meilisearch.env);
    await index.waitForReplica();
    await measureEngine('Meilisearch engine', index, load, options, baseline, meilisearch);
    await index.stopProduct();
    await meilisearch.stop();
  }
  await load.registry?.stop();
  await index.stopProduct();
  if (options.parts.has('changes')) await changeTimes(index.database.url);
  await index.stop();
}

async function rebuild(index: SeededInstance): Promise<void> {
  const sizeBefore = await index.size();
  const rebuildSeconds = await index.rebuild();
  const sizes = [sizeBefore, await index.size()].map((bytes) => (bytes / 1e6).toFixed(0));
  print('search index before and after a rebuild', `${sizes.join(', ')} MB (aim for a million rows <= 1100)`);
  print('search rebuild', `${rebuildSeconds.toFixed(1)} seconds`);
}

/** What is sent to the product while it is measured. */
interface Load {
  readonly classes: readonly QueryClass[];
  /** The development queries where there are some. */
  readonly queries: readonly string[];
  readonly writes: WriteLoad;
  readonly registry: BlobRegistry | undefined;
}

async function loadOf(index: SeededInstance, { data, parts: selected }: Options): Promise<Load> {
  return {
    classes: await queryClasses(index),
    queries: shuffled(data?.queries().map(({ q }) => q) ?? (await queriesOf(index))),
    writes: await WriteLoad.signUp(index),
    registry: selected.has('freshness') ? await registryFor(index) : undefined,
  };
}

async function measureEngine(
  name: string,
  index: SeededInstance,
  { classes, queries, writes, registry }: Load,
  { seconds, fresh, parts: selected }: Options,
  baseline: Baseline,
  meilisearch?: MeilisearchServer,
): Promise<void> {
  print(name, '');
  await index.restart({ ...meilisearch?.env, ...unshared });
  if (selected.has('classes')) {
    await classLoads(index, classes, seconds);
    if (meilisearch !== undefined) await bareMeilisearch(index, meilisearch, classes, seconds);
  }
  if (selected.has('loads')) await loads(index, writes, queries, seconds, baseline);
  await index.restart(meilisearch?.env ?? {});
  if (selected.has('classes')) await storm(index, 'server', seconds);
  if (registry !== undefined) await freshnessUnderLoad(index, writes, registry, queries, fresh);
}

async function freshnessUnderLoad(
  index: SeededInstance,
  writes: WriteLoad,
  registry: BlobRegistry,
  queries: readonly string[],
  repositories: number,
): Promise<void> {
  print('  from a change to a search that shows it, with 8 clients searching', '');
  await whileSearching(index, queries, () => freshness(index, writes, registry, repositories));
}

function shuffled(queries: readonly string[]): string[] {
  const random = seededRandom(7);
  return queries
    .map((q) => ({ q, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ q }) => q);
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      rows: { type: 'string', multiple: true, default: [String(realRows)] },
      data: { type: 'string', default: '../shared/data' },
      seconds: { type: 'string', default: '10' },
      fresh: { type: 'string', default: '10' },
      part: { type: 'string', multiple: true, default: [...parts] },
    },
  });
  const selected = new Set(parts.filter((part) => values.part.includes(part)));
  const data = new DevData(values.data);
  const seconds = Number(values.seconds);
  const baseline = await measureBaseline('constant', temporaryFolder(), Math.min(seconds, 5));
  print('baseline that sends a constant: responses per second', baseline.perSecond.toFixed(0));
  for (const rows of values.rows) {
    const options = { data: data.exists ? data : undefined, seconds, fresh: Number(values.fresh) };
    await measure(Number(rows), { ...options, parts: selected }, baseline);
  }
}

runBench(main);
