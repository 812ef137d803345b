import { sql, type Database } from '@central-index/platform/database';
import type { SearchService } from '@central-index/search';
import { createReadStream } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { createGunzip } from 'node:zlib';
import { parseArgs } from 'node:util';
import { noMeilisearch } from '../../test/support/meilisearch-server';
import { openBenchIndex, type BenchIndex } from './bench-index';
import { openReplicaSearch } from './replica-search';
import { DevData, type DevQuery, type Judgment } from './dev-data';

// Measures the quality of search results, with real repositories and the development queries in FOLDER:
//   npm run bench:search:quality -- [--data FOLDER] [--database postgres://…] [--check] [--misses CLASS]
// The database of --database is used as it is if it holds documents. --check makes the run fail if a measure is below its
// floor. --misses lists the queries of a class that find none of their repositories. Where MEILISEARCH_BIN names a
// program, Meilisearch is measured too.

interface Measure {
  readonly name: string;
  readonly floor: number;
  readonly measure: () => Promise<number>;
}

const print = (line: string): void => void process.stdout.write(`${line}\n`);

// On a busy machine, Meilisearch sometimes exceeds its time limit, and PostgreSQL serves the search.
const maxAttempts = 20;

class Quality {
  constructor(
    private readonly database: Database,
    private readonly search: SearchService,
    private readonly data: DevData,
    private readonly indexed: ReadonlySet<string>,
    /** Returns false if another engine served the last search. */
    private readonly isOwnResult: () => Promise<boolean> = () => Promise.resolve(true),
  ) {}

  measures(): Measure[] {
    return [
      { name: 'official name first', floor: 1, measure: () => this.firstOfficial() },
      { name: 'ns/name first', floor: 1, measure: () => this.recall('nsname', 1) },
      { name: 'popular name, recall@10', floor: 1, measure: () => this.recall('popname', 10) },
      { name: 'one edit, recall@10', floor: 0.97, measure: () => this.recall('typo1', 10) },
      { name: 'two edits, recall@10', floor: 0.95, measure: () => this.recall('typo2', 10) },
      { name: 'first letter, recall@10', floor: 0.72, measure: () => this.recall('prefix1', 10) },
      { name: 'first 2 letters, recall@10', floor: 0.95, measure: () => this.recall('prefix2', 10) },
      { name: 'first 3 letters, recall@10', floor: 1, measure: () => this.recall('prefix3', 10) },
      { name: 'first 4 letters, recall@10', floor: 1, measure: () => this.recall('prefix4', 10) },
      { name: 'first 5 letters, recall@10', floor: 1, measure: () => this.recall('prefix5', 10) },
      { name: 'two words of a name, recall@10', floor: 1, measure: () => this.recall('two_name', 10) },
      {
        name: 'two words of a description, recall@25',
        floor: 0.8,
        measure: () => this.recall('two_desc', 25),
      },
      { name: 'joined and split words, recall@10', floor: 0.85, measure: () => this.recall('joined', 10) },
      { name: 'accents, recall@10', floor: 0.9, measure: () => this.recall('accents', 10) },
      { name: 'inner beginnings, recall@10', floor: 0.9, measure: () => this.recall('inner', 10) },
      {
        name: 'Chinese and Japanese, found if they occur',
        floor: 1,
        measure: () => this.foundIfOccurring(),
      },
      {
        name: 'no match, nothing found',
        floor: 1,
        measure: async () => 1 - (await this.found('noresult')),
      },
      { name: 'nDCG@10, orders, linear gain', floor: 0.7, measure: () => this.ndcg('server', linear) },
      {
        name: 'nDCG@10, orders, gain 1/position',
        floor: 0.78,
        measure: () => this.ndcg('server', reciprocal),
      },
      { name: 'nDCG@10, sets', floor: 0.72, measure: () => this.ndcg('client_stars', constant) },
      { name: 'nDCG@10, orders and sets, mean of terms', floor: 0.76, measure: () => this.ndcgOfTerms() },
    ];
  }

  async find(q: string, perPage: number): Promise<string[]> {
    for (let attempt = 0; attempt < maxAttempts; attempt++) {
      const { items } = await this.search.search({ q, page: 1, perPage, viewer: { namespaces: [] } });
      if (await this.isOwnResult()) {
        return items.map(({ official, namespace, name }) => (official ? name : `${namespace}/${name}`));
      }
      await pause(1_000);
    }
    throw new Error(`another engine served ${q}`);
  }

  async misses(cls: string, perPage = 10): Promise<void> {
    for (const { q, expect } of this.of(cls)) {
      const found = await this.find(q, perPage);
      if (!found.some((path) => expect.includes(path)))
        print(`  ${q} → ${expect.join(', ')}: ${found.join(' ')}`);
    }
  }

  private of(cls: string): DevQuery[] {
    return this.data.queries().filter((query) => query.cls === cls);
  }

  private firstOfficial(): Promise<number> {
    return mean(this.data.officials(), async (name) => Number((await this.find(name, 25))[0] === name));
  }

  private recall(cls: string, depth: number): Promise<number> {
    return mean(this.of(cls), async ({ q, expect }) =>
      Number((await this.find(q, depth)).some((path) => expect.includes(path))),
    );
  }

  private found(cls: string): Promise<number> {
    return mean(this.of(cls), async ({ q }) => Number((await this.find(q, 10)).length > 0));
  }

  // Few descriptions are Chinese or Japanese, so only queries that occur literally in a description are counted.
  private async foundIfOccurring(): Promise<number> {
    const occurring: DevQuery[] = [];
    for (const query of this.of('cjk')) {
      const row = await this.database.queryOne(countDescriptions, [query.q]);
      if (row!.n > 0) occurring.push(query);
    }
    return mean(occurring, async ({ q }) => Number((await this.find(q, 10)).length > 0));
  }

  private async ndcg(order: Judgment['order'], gain: Gain): Promise<number> {
    return mean(this.judged(order), async ({ term, ideal }) => ndcg(ideal, await this.find(term, 10), gain));
  }

  // Averages the judgments of a term first, so that a term that was recorded often does not weigh more.
  private ndcgOfTerms(): Promise<number> {
    const judged = [...this.judged('server'), ...this.judged('client_stars')];
    const terms = [...new Set(judged.map(({ term }) => term))];
    return mean(terms, async (term) => {
      const shown = await this.find(term, 10);
      const own = judged.filter((judgment) => judgment.term === term);
      return mean(own, ({ ideal, order }) =>
        Promise.resolve(ndcg(ideal, shown, order === 'server' ? reciprocal : constant)),
      );
    });
  }

  // Leaves out repositories that are not indexed, and judgments with fewer than two results, which are no ranking.
  private judged(order: Judgment['order']): { term: string; order: string; ideal: string[] }[] {
    return this.data
      .judgments()
      .filter((judgment) => judgment.order === order)
      .map(({ term, results }) => ({
        term,
        order,
        ideal: results.map(({ name }) => name).filter((name) => this.indexed.has(name)),
      }))
      .filter(({ ideal }) => ideal.length > 1);
  }
}

/** The gain of a result by its position in the recorded order, from 0. */
type Gain = (position: number) => number;

const linear: Gain = (position) => Math.max(1, 10 - position) / 10;
const reciprocal: Gain = (position) => 1 / (position + 1);
/** For lists that the client sorted again, of which only the members are known. */
const constant: Gain = () => 1;

function ndcg(ideal: readonly string[], shown: readonly string[], gain: Gain, depth = 10): number {
  const positions = new Map(ideal.map((name, position) => [name, position]));
  const sum = (names: readonly string[]): number =>
    names.slice(0, depth).reduce((total, name, at) => {
      const position = positions.get(name);
      return position === undefined ? total : total + gain(position) / Math.log2(at + 2);
    }, 0);
  return sum(shown) / sum(ideal);
}

async function mean<T>(rows: readonly T[], value: (row: T) => Promise<number>): Promise<number> {
  let sum = 0;
  for (const row of rows) sum += await value(row);
  return sum / rows.length;
}

const countDescriptions = sql<{ n: number }>(
  'select count(*)::int as n from search_document where position($1 in description) > 0',
);
const selectPaths = sql<{ path: string }>(
  `select case when official then name else namespace || '/' || name end as path from search_document`,
);

/** Fills an empty index from the development data. Returns the names of all indexed repositories. */
async function fillIfEmpty(index: BenchIndex, data: DevData): Promise<Set<string>> {
  const existing = await index.database.query(selectPaths);
  if (existing.length > 0) return new Set(existing.map(({ path }) => path));
  await index.fill(createReadStream(data.repositories).pipe(createGunzip()));
  return new Set((await index.database.query(selectPaths)).map(({ path }) => path));
}

/** Prints each measure. Returns how many are below their floors. */
async function printMeasures(quality: Quality): Promise<number> {
  let below = 0;
  for (const { name, floor, measure } of quality.measures()) {
    const value = await measure();
    const isBelow = value < floor;
    if (isBelow) below += 1;
    print(`${name.padEnd(44)} ${value.toFixed(3)}   floor ${floor.toFixed(2)}${isBelow ? '   BELOW' : ''}`);
  }
  return below;
}

/** Measures Meilisearch. A search that PostgreSQL served instead is repeated. Returns how many are below their floors. */
async function measureReplica(
  index: BenchIndex,
  data: DevData,
  indexed: ReadonlySet<string>,
  misses: string | undefined,
): Promise<number> {
  const replica = await openReplicaSearch(index.url);
  try {
    print(`Meilisearch engine, ${indexed.size} repositories`);
    const quality = new Quality(index.database, replica.search, data, indexed, async () => {
      return (await replica.fallback()) === undefined;
    });
    const below = await printMeasures(quality);
    if (misses !== undefined) await quality.misses(misses);
    return below;
  } finally {
    await replica.close();
  }
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      database: { type: 'string' },
      data: { type: 'string', default: '../shared/data' },
      check: { type: 'boolean', default: false },
      misses: { type: 'string' },
    },
  });
  const data = new DevData(values.data);
  if (!data.exists) {
    print(`SKIPPED: no development data in ${values.data}, so the quality of search is not measured`);
    return 0;
  }
  const index = await openBenchIndex(values.database);
  try {
    const indexed = await fillIfEmpty(index, data);
    print(`PostgreSQL engine, ${indexed.size} repositories`);
    const quality = new Quality(index.database, index.search, data, indexed);
    let below = await printMeasures(quality);
    if (values.misses !== undefined) await quality.misses(values.misses);
    if (noMeilisearch === false) below += await measureReplica(index, data, indexed, values.misses);
    else print(`Meilisearch engine: SKIPPED, ${noMeilisearch}`);
    return values.check && below > 0 ? 1 : 0;
  } finally {
    await index.close();
  }
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  },
);
