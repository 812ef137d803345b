import { Database, sql } from '@central-index/platform/database';
import assert from 'node:assert/strict';
import { createReadStream, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../../../test/support/database';
import { describeUnless } from '../../../test/support/jest';
import { MeilisearchServer, noMeilisearch } from '../../../test/support/meilisearch-server';
import { ReplicaFixture } from '../../../test/contracts/replica-fixture';
import { noRealRepositories, realDataFolder } from '../../../test/support/real-repositories';
import { openTestModule } from '../../../test/support/test-module';
import type { SearchDocument } from './engine/search-document';
import { resultWindow, type SearchEngine } from './engine/search-engine';
import { MeilisearchEngine } from './meilisearch/meilisearch.engine';
import { PostgresEngine } from './postgres/postgres.engine';
import { popularity } from './ranking/weights';
import { SearchService } from './search.service';

// Real repositories, which are not part of this repository: their frequencies are what made pages differ.
const file = (name: string): string => join(realDataFolder, name);

const windows = [10, 25, 50, 100, 250];
const commonest = 300;
const batchSize = 1_000;
const minutes = 60_000;

interface Row {
  readonly namespace: string;
  readonly name: string;
  readonly description?: string | null;
  readonly star_count?: number | null;
  readonly pull_count?: number | null;
  readonly is_official?: boolean | null;
}

async function rowsOf(): Promise<Row[]> {
  const rows = new Map<string, Row>();
  const input = createReadStream(file('repositories.jsonl.gz')).pipe(createGunzip());
  for await (const line of createInterface({ input })) {
    const row = JSON.parse(line) as Row;
    rows.set(`${row.namespace}/${row.name}`, row);
  }
  return [...rows.values()];
}

/** The words of names and the names that most repositories have, and all development queries. */
function queriesOf(rows: readonly Row[]): string[] {
  const most = (texts: readonly string[]): string[] => {
    const counts = new Map<string, number>();
    for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
    return [...counts].sort((a, b) => b[1] - a[1]).map(([text]) => text);
  };
  const lines = ['search-queries.dev.jsonl', 'search-judgments.dev.jsonl'].flatMap((name) =>
    readFileSync(file(name), 'utf8').split('\n').filter(Boolean),
  );
  const dev = lines.map((line) => JSON.parse(line) as { q?: string; term?: string });
  return [
    ...new Set([
      ...most(rows.flatMap(({ name }) => name.match(/[a-z0-9]+/g) ?? [])).slice(0, commonest),
      ...most(rows.map(({ name }) => name)).slice(0, commonest),
      ...dev.map(({ q, term }) => q ?? term!),
    ]),
  ];
}

function documentOf(row: Row, id: string): SearchDocument {
  const { namespace, name } = row;
  const official = row.is_official ?? false;
  const [stars, pulls, description] = [row.star_count ?? 0, row.pull_count ?? 0, row.description ?? ''];
  return {
    id,
    namespace,
    name,
    official,
    automated: false,
    private: false,
    kinds: [],
    platforms: [],
    description,
    imageText: '',
    stars,
    pulls,
    popularity: popularity({ stars, uniquePulls: pulls, official, description }),
    updatedAt: new Date('2026-01-01T00:00:00Z'),
    pushedAt: null,
    version: 1,
  };
}

async function fill(database: Database, engine: SearchEngine, rows: readonly Row[]): Promise<void> {
  for (let start = 0; start < rows.length; start += batchSize) {
    const batch = rows.slice(start, start + batchSize);
    // The documents refer to repositories, of which only the ids matter here.
    const ids: { id: string }[] = await database.manager.query(
      `insert into repository (namespace_id, path, name, state)
       select id, 'library/r' || n, 'r' || n, 'active' from namespace, generate_series($1::int, $2::int) as n
        where namespace.name = 'library' returning repository.id`,
      [start, start + batch.length - 1],
    );
    await engine.put(batch.map((row, index) => documentOf(row, ids[index]!.id)));
  }
  await database.runMaintenance(sql('vacuum analyze search_document, search_posting, search_spelling'));
}

async function assertPagesFit(search: SearchService, queries: readonly string[]): Promise<void> {
  const find = async (q: string, perPage: number, page = 1) => {
    const { items, total } = await search.search({ q, page, perPage, viewer: { namespaces: [] } });
    return { names: items.map(({ namespace, name }) => `${namespace}/${name}`), total };
  };
  for (const [index, q] of queries.entries()) {
    const { names, total } = await find(q, resultWindow);
    assert.equal(new Set(names).size, names.length, q);
    assert.equal(names.length, total, q);
    for (const perPage of windows) {
      const shorter = await find(q, perPage);
      assert.deepEqual(shorter.names, names.slice(0, perPage), `${q}: the first ${perPage}`);
      assert.equal(shorter.total, total, `${q}: the total by ${perPage}`);
    }
    // Pages are cut out of what was compared above; of some queries all are read.
    if (index % 40 !== 0) continue;
    const pages: string[] = [];
    for (let page = 1; page <= Math.ceil(total / 100); page++)
      pages.push(...(await find(q, 100, page)).names);
    assert.deepEqual(pages, names, `${q}: all pages`);
  }
}

describeUnless(noRealRepositories, 'pages of results on 265,048 real repositories', () => {
  let rows: Row[];
  let queries: string[];
  beforeAll(async () => {
    rows = await rowsOf();
    queries = queriesOf(rows);
  }, 2 * minutes);

  describe('from PostgreSQL', () => {
    let own: TestDatabase;
    let close: () => Promise<void>;
    let engine: PostgresEngine;
    beforeAll(async () => {
      own = await createTestDatabase();
      const context = await openTestModule(own, []);
      close = () => context.close();
      engine = new PostgresEngine(context.get(Database));
      await fill(context.get(Database), engine, rows);
    }, 30 * minutes);
    afterAll(async () => {
      await close();
      await own.drop();
    });

    it(
      'are beginnings of each other, disjoint and complete',
      () => assertPagesFit(new SearchService(engine), queries),
      60 * minutes,
    );
  });

  describeUnless(noMeilisearch, 'from Meilisearch', () => {
    let fixture: ReplicaFixture;
    let engine: MeilisearchEngine;
    beforeAll(async () => {
      fixture = await ReplicaFixture.open(await MeilisearchServer.start());
      await fill(fixture.database, fixture.context.get(PostgresEngine), rows);
      await fixture.replica.rebuild(() => undefined);
      engine = fixture.context.get(MeilisearchEngine);
    }, 60 * minutes);
    afterAll(() => fixture.close());

    it(
      'are beginnings of each other, disjoint and complete',
      async () => {
        await assertPagesFit(new SearchService(engine), queries);
        assert.equal(engine.failing, undefined);
      },
      120 * minutes,
    );
  });
});
