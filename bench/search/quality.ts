import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { Database, DatabaseModule } from '@central-index/platform/database';
import { PostgresEngine, SearchService } from '@central-index/search';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

// Measures the quality and the time of searches on a database into which repositories were imported:
//   node dist/bench/search/quality.js --database postgres://… [--data ../shared/data]

interface Query {
  readonly q: string;
  readonly cls: string;
  readonly expect: readonly string[];
}

interface Judgment {
  readonly term: string;
  readonly order: string;
  readonly results: readonly { readonly name: string }[];
}

const print = (line: string): void => void process.stdout.write(`${line}\n`);

const lines = <T>(file: string): T[] =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as T);

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { database: { type: 'string' }, data: { type: 'string', default: '../shared/data' } },
  });
  if (values.database === undefined) throw new Error('--database names the database to search');
  const context = await NestFactory.createApplicationContext(
    DatabaseModule.forRoot({ url: values.database, role: 'bench', secretKey: 'not used here' }),
    { logger: ['error'] },
  );
  const database = context.get(Database);
  const search = new SearchService(new PostgresEngine(database));
  const find = async (q: string, perPage = 25): Promise<string[]> => {
    const { items } = await search.search({ q, page: 1, perPage, viewer: { namespaces: [] } });
    return items.map(({ official, namespace, name }) => (official ? name : `${namespace}/${name}`));
  };
  const queries = lines<Query>(join(values.data, 'search-queries.dev.jsonl'));
  const [count] = await database.rows<{ n: number }>('select count(*)::int as n from search_document');
  print(`documents: ${count?.n}`);

  const officials = lines<{ name: string }>(join(values.data, 'official-images.jsonl')).map(
    ({ name }) => name,
  );
  const first = await share(officials, async (name) => (await find(name))[0] === name);
  print(`official first: ${first.hits}/${first.of}`);
  const exact = queries.filter(({ cls }) => cls === 'nsname');
  const pinned = await share(exact, async ({ q, expect }) => (await find(q))[0] === expect[0]);
  print(`ns/name first: ${percent(pinned)}`);

  const found = await database.rows<{ path: string }>(
    `select case when official then name else namespace || '/' || name end as path from search_document`,
  );
  const held = new Set(found.map(({ path }) => path));
  const gains: number[] = [];
  for (const judgment of lines<Judgment>(join(values.data, 'search-judgments.dev.jsonl'))) {
    if (judgment.order !== 'server') continue;
    const ideal = judgment.results.map(({ name }) => name).filter((name) => held.has(name));
    if (ideal.length > 1) gains.push(ndcg(ideal, await find(judgment.term)));
  }
  const mean = gains.reduce((sum, gain) => sum + gain, 0) / gains.length;
  print(`nDCG@10 on ${gains.length} judgments with the server's order: ${mean.toFixed(3)}`);

  for (const cls of [...new Set(queries.map((query) => query.cls))]) {
    const judged = queries.filter((query) => query.cls === cls && query.expect.length > 0);
    if (judged.length === 0) continue;
    const recall = await share(judged, async ({ q, expect }) =>
      (await find(q, 10)).some((path) => expect.includes(path)),
    );
    print(`  expected among the first ten, ${cls}: ${percent(recall)}`);
  }

  const times: { q: string; ms: number }[] = [];
  for (const { q } of queries) {
    const start = process.hrtime.bigint();
    await find(q);
    times.push({ q, ms: Number(process.hrtime.bigint() - start) / 1e6 });
  }
  times.sort((a, b) => a.ms - b.ms);
  const at = (quantile: number): string => times[Math.floor(quantile * (times.length - 1))]!.ms.toFixed(1);
  print(`a query, one at a time: p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, most ${at(1)} ms`);
  const slowest = times.slice(-5).map(({ q, ms }) => `${q} ${ms.toFixed(0)}`);
  print(`  slowest: ${slowest.join(', ')}`);
  await context.close();
}

// Graded by the place in the recorded order: what it showed first counts most.
function ndcg(ideal: readonly string[], shown: readonly string[], depth = 10): number {
  const grade = (name: string): number => {
    const place = ideal.indexOf(name);
    return place < 0 ? 0 : Math.max(1, depth - place) / depth;
  };
  const gain = (names: readonly string[]): number =>
    names.slice(0, depth).reduce((sum, name, place) => sum + grade(name) / Math.log2(place + 2), 0);
  return gain(shown) / gain(ideal);
}

async function share<T>(
  rows: readonly T[],
  holds: (row: T) => Promise<boolean>,
): Promise<{ hits: number; of: number }> {
  let hits = 0;
  for (const row of rows) if (await holds(row)) hits += 1;
  return { hits, of: rows.length };
}

const percent = ({ hits, of }: { hits: number; of: number }): string => `${((100 * hits) / of).toFixed(1)} %`;

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
