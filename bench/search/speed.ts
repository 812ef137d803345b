import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { temporaryFolder } from '../../test/acceptance/support/environment';
import type { BlobRegistry } from '../../test/acceptance/support/registry';
import { MeilisearchServer, noMeilisearch } from '../../test/support/meilisearch-server';
import { bare } from '../baseline';
import { print, runBench } from '../stats';
import { changeTimes } from './change-times';
import { DevData } from './dev-data';
import { FilledProduct } from './seeded-instance';
import { freshness, registryFor } from './freshness';
import { loads, whileSearching, type Floor } from './loads';
import { chanceFrom, madeUpRows, madeUpWords } from './synthetic-rows';
import { commonWords, queriesOf } from './queries';
import { Owner } from './write-load';

// How fast search is, of the product as operators start it, on as many repositories as asked for:
//   npm run bench:search -- [--rows 265048 …] [--data ../shared/data] [--seconds 10] [--fresh 10]
// With --data its 265,048 real repositories are used for that many rows, and its words for the others.

interface Options {
  readonly data: DevData | undefined;
  readonly seconds: number;
  readonly fresh: number;
}

const realRows = 265_048;

async function measure(rows: number, { data, seconds, fresh }: Options, floor: Floor): Promise<void> {
  const folder = temporaryFolder();
  const isReal = data !== undefined && rows === realRows;
  print(`\n${rows} ${isReal ? 'real' : 'made-up'} repositories`, '');
  const file = isReal ? data.repositories : join(folder, 'rows.jsonl');
  if (!isReal)
    await writeRows(file, rows, data === undefined ? madeUpWords(60_000) : await commonWords(data));
  const index = await FilledProduct.start(folder);
  const { importing, indexing } = await index.fill(file);
  print('import, and further seconds until all is found', `${importing.toFixed(1)}, ${indexing.toFixed(1)}`);
  const grown = await index.size();
  const rebuilding = await index.rebuild();
  const sizes = [grown, await index.size()].map((bytes) => (bytes / 1e6).toFixed(0));
  print('search index as it grew, and packed', `${sizes.join(', ')} MB (aim at a million <= 1100)`);
  print('search rebuild', `${rebuilding.toFixed(1)} seconds`);
  const queries = shuffled(data?.queries().map(({ q }) => q) ?? (await queriesOf(index)));
  const owner = await Owner.signUp(index);
  const registry = await registryFor(index);

  print('PostgreSQL engine', '');
  await loads(index, owner, queries, seconds, floor);
  await freshUnderLoad(index, owner, registry, queries, fresh);
  if (noMeilisearch !== false) print('Meilisearch engine', `SKIPPED: ${noMeilisearch}`);
  else {
    print('Meilisearch engine', '');
    const meilisearch = await MeilisearchServer.start();
    await index.restart(meilisearch.env);
    await index.copied();
    await loads(index, owner, queries, seconds, floor);
    await freshUnderLoad(index, owner, registry, queries, fresh);
    await index.stopProduct();
    await meilisearch.stop();
  }
  await registry.stop();
  await index.stopProduct();
  await changeTimes(index.database.url);
  await index.stop();
}

async function freshUnderLoad(
  index: FilledProduct,
  owner: Owner,
  registry: BlobRegistry,
  queries: readonly string[],
  repositories: number,
): Promise<void> {
  print(`  until a change is seen while 8 clients search`, '');
  await whileSearching(index, queries, () => freshness(index, owner, registry, repositories));
}

async function writeRows(file: string, rows: number, words: readonly string[]): Promise<void> {
  const out = createWriteStream(file);
  for (const row of madeUpRows(rows, words)) {
    if (!out.write(`${JSON.stringify(row)}\n`)) await once(out, 'drain');
  }
  out.end();
  await once(out, 'close');
}

function shuffled(queries: readonly string[]): string[] {
  const chance = chanceFrom(7);
  return queries
    .map((q) => ({ q, at: chance() }))
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
    },
  });
  const data = new DevData(values.data);
  const seconds = Number(values.seconds);
  const floor = await bare('constant', temporaryFolder(), Math.min(seconds, 5));
  print('bare constant server: answers a second', floor.perSecond.toFixed(0));
  for (const rows of values.rows) {
    const options = { data: data.isThere ? data : undefined, seconds, fresh: Number(values.fresh) };
    await measure(Number(rows), options, { bare: floor.perSecond });
  }
}

runBench(main);
