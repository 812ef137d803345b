import type { Database } from '@central-index/platform/database';
import type { SearchService } from '@central-index/search';
import { createReadStream } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { createGunzip } from 'node:zlib';
import { parseArgs } from 'node:util';
import { noMeilisearch } from '../../test/support/meilisearch-server';
import { openBenchIndex, type BenchIndex } from './bench-index';
import { openCopiedSearch } from './replica-search';
import { DevData, type DevQuery, type Judgment } from './dev-data';

// How good the answers are, on real repositories and the development queries:
//   npm run bench:search:quality -- [--data ../shared/data] [--database postgres://…] [--check] [--misses CLASS]
// A database that is named and filled is used as it is. With --check, a figure below its floor fails the run. Where
// MEILISEARCH_BIN names a program, the same is measured through it.

interface Measure {
  readonly name: string;
  readonly floor: number;
  readonly measure: () => Promise<number>;
}

const print = (line: string): void => void process.stdout.write(`${line}\n`);

// A busy machine lets Meilisearch miss its time now and then.
const mostAttempts = 20;

class Quality {
  constructor(
    private readonly database: Database,
    private readonly search: SearchService,
    private readonly data: DevData,
    private readonly held: ReadonlySet<string>,
    /** False when another engine answered the last search. */
    private readonly isOwn: () => Promise<boolean> = () => Promise.resolve(true),
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
      {
        name: 'Chinese and Japanese, found where they occur',
        floor: 1,
        measure: () => this.foundWhereItOccurs(),
      },
      {
        name: 'no such thing, nothing found',
        floor: 1,
        measure: async () => 1 - (await this.found('noresult')),
      },
      { name: 'nDCG@10, orders, linear gain', floor: 0.7, measure: () => this.ndcg('server', linear) },
      { name: 'nDCG@10, orders, gain 1/place', floor: 0.78, measure: () => this.ndcg('server', reciprocal) },
      { name: 'nDCG@10, sets', floor: 0.72, measure: () => this.ndcg('client_stars', alike) },
      { name: 'nDCG@10, orders and sets, mean of terms', floor: 0.76, measure: () => this.ndcgOfTerms() },
    ];
  }

  async find(q: string, perPage: number): Promise<string[]> {
    for (let attempt = 0; attempt < mostAttempts; attempt++) {
      const { items } = await this.search.search({ q, page: 1, perPage, viewer: { namespaces: [] } });
      if (await this.isOwn()) {
        return items.map(({ official, namespace, name }) => (official ? name : `${namespace}/${name}`));
      }
      await pause(1_000);
    }
    throw new Error(`another engine answers ${q}`);
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

  // Few descriptions are Chinese or Japanese, so what holds the text as it is typed is asked of the database.
  private async foundWhereItOccurs(): Promise<number> {
    const occurring: DevQuery[] = [];
    for (const query of this.of('cjk')) {
      const [row] = await this.database.rows<{ n: number }>(
        'select count(*)::int as n from search_document where position($1 in description) > 0',
        [query.q],
      );
      if (row!.n > 0) occurring.push(query);
    }
    return mean(occurring, async ({ q }) => Number((await this.find(q, 10)).length > 0));
  }

  private async ndcg(order: Judgment['order'], gain: Gain): Promise<number> {
    return mean(this.judged(order), async ({ term, ideal }) => ndcg(ideal, await this.find(term, 10), gain));
  }

  // A term that was recorded ten times is still one question.
  private ndcgOfTerms(): Promise<number> {
    const judged = [...this.judged('server'), ...this.judged('client_stars')];
    const terms = [...new Set(judged.map(({ term }) => term))];
    return mean(terms, async (term) => {
      const shown = await this.find(term, 10);
      const own = judged.filter((judgment) => judgment.term === term);
      return mean(own, ({ ideal, order }) =>
        Promise.resolve(ndcg(ideal, shown, order === 'server' ? reciprocal : alike)),
      );
    });
  }

  // Only what is held can be shown, and one result is no ranking.
  private judged(order: Judgment['order']): { term: string; order: string; ideal: string[] }[] {
    return this.data
      .judgments()
      .filter((judgment) => judgment.order === order)
      .map(({ term, results }) => ({
        term,
        order,
        ideal: results.map(({ name }) => name).filter((name) => this.held.has(name)),
      }))
      .filter(({ ideal }) => ideal.length > 1);
  }
}

/** What a result counts for by its place in the recorded order, from 0. */
type Gain = (place: number) => number;

const linear: Gain = (place) => Math.max(1, 10 - place) / 10;
const reciprocal: Gain = (place) => 1 / (place + 1);
/** For what an older client sorted again: that tells only which were shown. */
const alike: Gain = () => 1;

function ndcg(ideal: readonly string[], shown: readonly string[], gain: Gain, depth = 10): number {
  const places = new Map(ideal.map((name, place) => [name, place]));
  const sum = (names: readonly string[]): number =>
    names.slice(0, depth).reduce((total, name, at) => {
      const place = places.get(name);
      return place === undefined ? total : total + gain(place) / Math.log2(at + 2);
    }, 0);
  return sum(shown) / sum(ideal);
}

async function mean<T>(rows: readonly T[], value: (row: T) => Promise<number>): Promise<number> {
  let sum = 0;
  for (const row of rows) sum += await value(row);
  return sum / rows.length;
}

async function filled(index: BenchIndex, data: DevData): Promise<Set<string>> {
  const read = () =>
    index.database.rows<{ path: string }>(
      `select case when official then name else namespace || '/' || name end as path from search_document`,
    );
  const held = await read();
  if (held.length > 0) return new Set(held.map(({ path }) => path));
  await index.fill(createReadStream(data.repositories).pipe(createGunzip()));
  return new Set((await read()).map(({ path }) => path));
}

/** Prints each figure; answers how many are below their floors. */
async function table(quality: Quality): Promise<number> {
  let below = 0;
  for (const { name, floor, measure } of quality.measures()) {
    const figure = await measure();
    const isBelow = figure < floor;
    if (isBelow) below += 1;
    print(`${name.padEnd(44)} ${figure.toFixed(3)}   floor ${floor.toFixed(2)}${isBelow ? '   BELOW' : ''}`);
  }
  return below;
}

/** The same through Meilisearch. A search that PostgreSQL had to answer is made again. */
async function copied(
  index: BenchIndex,
  data: DevData,
  held: ReadonlySet<string>,
  misses: string | undefined,
): Promise<number> {
  const copy = await openCopiedSearch(index.url);
  try {
    print(`Meilisearch engine, ${held.size} repositories`);
    const quality = new Quality(index.database, copy.search, data, held, async () => {
      return (await copy.fallback()) === undefined;
    });
    const below = await table(quality);
    if (misses !== undefined) await quality.misses(misses);
    return below;
  } finally {
    await copy.close();
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
  if (!data.isThere) {
    print(`SKIPPED: no development data in ${values.data}, so the quality of search was not measured`);
    return 0;
  }
  const index = await openBenchIndex(values.database);
  try {
    const held = await filled(index, data);
    print(`PostgreSQL engine, ${held.size} repositories`);
    const quality = new Quality(index.database, index.search, data, held);
    let below = await table(quality);
    if (values.misses !== undefined) await quality.misses(values.misses);
    if (noMeilisearch === false) below += await copied(index, data, held, values.misses);
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
