import { SearchMaintenance } from '@central-index/search';
import assert from 'node:assert/strict';
import { describe, it } from '@jest/globals';
import {
  fullName,
  matchingRows,
  parseQuery,
  visibleRows,
  type CanSee,
  type Filters,
  type Row,
} from '../fuzz/search-oracle';
import { fuzzedSearch, queryString, type SearchRequest } from '../fuzz/search-requests';
import { Dice } from '../fuzz/token-requests';
import type { Actor } from '../support/client';
import { eventually } from '../support/eventually';
import { importRepositories } from '../support/import-fixture';
import { IndexUnderTest } from '../support/index-under-test';
import { MeilisearchServer, noMeilisearch } from '../support/meilisearch-server';
import { itUnless } from '../support/jest';

// SEARCH_FUZZ sets the number of requests, FUZZ_SEED repeats a run.
const requests = Number(process.env.SEARCH_FUZZ ?? 2_000);
const seed = Number(process.env.FUZZ_SEED ?? Date.now() % 2 ** 31);
const concurrency = 8;

const base = { description: '', official: false, automated: false, isPrivate: false, stars: 0 };
const rows: Row[] = [
  {
    ...base,
    namespace: 'library',
    name: 'centos',
    description: 'The official build.',
    official: true,
    stars: 4,
  },
  { ...base, namespace: 'acme', name: 'centos', automated: true, stars: 4 },
  { ...base, namespace: 'acme', name: 'web-app', description: 'Runs quietly on port 80' },
  { ...base, namespace: 'acme', name: 'web.api', description: 'tools; drop table or select where' },
  { ...base, namespace: 'acme', name: 'my_app', description: '100% pure "quoted" app', stars: 5 },
  { ...base, namespace: 'bobby', name: 'app', description: 'select or where true and null' },
  { ...base, namespace: 'bobby', name: 'private', description: '' },
  {
    ...base,
    namespace: 'alice',
    name: 'secret-app',
    description: 'hidden knows private true',
    isPrivate: true,
  },
  {
    ...base,
    namespace: 'alice',
    name: 'my-app',
    description: 'secret app or official table',
    isPrivate: true,
  },
  { ...base, namespace: 'alice', name: 'open-app' },
  { ...base, namespace: 'nihon', name: 'docs', description: '日本語のドキュメント' },
];

interface Caller {
  readonly actor: Actor;
  readonly docker: Actor;
  readonly canSee: CanSee;
}

async function callersOf(index: IndexUnderTest): Promise<Caller[]> {
  const [alice, bob] = [await index.signUp('alice'), await index.signUp('bobby')];
  await importRepositories(
    index,
    rows.map(({ stars, official, automated, ...row }) => ({
      ...row,
      star_count: stars,
      is_official: official,
      is_automated: automated,
    })),
  );
  for (const { namespace, name, isPrivate } of rows) {
    if (!isPrivate) continue;
    const path = `/api/v1/repositories/${namespace}/${name}`;
    assert.equal((await alice.patch(path, { visibility: 'private' })).status, 200);
  }
  const restrictions = { label: 'x', permissions: ['pull'], repositories: ['alice/my-*', '*/private'] };
  const { token } = (await alice.post('/api/v1/user/tokens', restrictions)).json;
  const restricted = index.anonymous.bearer(token);
  return [
    { actor: index.anonymous, docker: index.anonymous, canSee: () => false },
    { actor: bob, docker: bob, canSee: () => false },
    { actor: alice, docker: alice, canSee: (path) => path.startsWith('alice/') },
    {
      actor: restricted,
      docker: index.anonymous.basic('alice', token),
      canSee: (path) => path === 'alice/my-app',
    },
  ];
}

describe('search with hostile requests', () => {
  it('returns what the oracle expects, from PostgreSQL (S30)', () => fuzz(new Dice(seed), {}));

  itUnless(noMeilisearch, 'returns what the oracle expects, from Meilisearch (S30)', async () => {
    const meilisearch = await MeilisearchServer.start();
    try {
      await fuzz(new Dice(seed), meilisearch.env);
    } finally {
      await meilisearch.stop();
    }
  });
});

async function fuzz(dice: Dice, environment: Record<string, string>): Promise<void> {
  const index = await IndexUnderTest.start({ ...environment, RATE_LIMITS: 'off' });
  try {
    const callers = await callersOf(index);
    const maintenance = index.app.get(SearchMaintenance, { strict: false });
    await eventually(async () => {
      for (const { actor, docker, canSee } of callers) {
        await compare({ actor, docker, canSee }, { q: 'app', exact: true, parameters: [] });
      }
      assert.deepEqual(
        [(await maintenance.state()).pending, (await maintenance.state()).fallback],
        [0, undefined],
      );
    }, 20_000);
    for (let done = 0; done < requests; done += concurrency) {
      const batch = Array.from({ length: concurrency }, () => ({
        caller: dice.pick(callers),
        request: fuzzedSearch(dice),
      }));
      await Promise.all(batch.map(({ caller, request }) => compare(caller, request)));
    }
    await compare(callers[2]!, { q: 'app', exact: true, parameters: [] });
    assert.equal((await maintenance.state()).fallback, undefined);
  } finally {
    await index.stop();
  }
}

/** Sends the request to all three surfaces and compares the responses with the oracle. */
async function compare({ actor, docker, canSee }: Caller, request: SearchRequest): Promise<void> {
  const context = `FUZZ_SEED=${seed} ${JSON.stringify(request)}`;
  const rest = await actor.sendRaw('GET', `/api/v1/search?${queryString(request, {})}`);
  if (request.parameters.some(({ meaning }) => meaning === undefined)) {
    assert.equal(rest.status, 400, context);
    assert.equal(rest.json.errors[0].code, 'VALIDATION_FAILED', context);
  } else {
    assert.equal(rest.status, 200, `${context} ${rest.text}`);
    const {
      page = 1,
      size = 25,
      ...filters
    } = Object.assign({}, ...request.parameters.map(({ meaning }) => meaning));
    const names = rest.json.items.map((item: { full_name: string }) => item.full_name);
    assertAgrees(request, { names, total: rest.json.total, page, size }, canSee, filters, context);
  }
  const v1 = await docker.sendRaw('GET', `/v1/search?${queryString(request, { per_page: 'n' })}`);
  assert.equal(v1.status, 200, `${context} ${v1.text}`);
  const names = v1.json.results.map(({ name }: { name: string }) => name);
  const v1Page = { names, total: v1.json.num_results, page: v1.json.page, size: v1.json.page_size };
  assertAgrees(request, v1Page, canSee, {}, context);
  const suggestions = await actor.sendRaw(
    'GET',
    `/api/v1/search/suggest?q=${queryString(request, {}).slice(2).split('&')[0]}`,
  );
  assert.equal(suggestions.status, 200, context);
  const visible = visibleRows(rows, canSee, {}).map(fullName);
  for (const { full_name: name } of suggestions.json.items)
    assert.ok(visible.includes(name), `${context} ${name}`);
}

function assertAgrees(
  { q, exact }: SearchRequest,
  page: { names: string[]; total: number; page: number; size: number },
  canSee: CanSee,
  filters: Filters,
  context: string,
): void {
  const visible = visibleRows(rows, canSee, filters);
  const names = new Set(page.names);
  assert.equal(names.size, page.names.length, context);
  for (const name of names)
    assert.ok(
      visible.some((row) => fullName(row) === name),
      `${context} ${name}`,
    );
  assert.ok(page.total <= visible.length, context);
  // Without a text, filters and orders list repositories: tested by the contract of engines.
  if (!exact || isMisspelt(q) || q.trim() === '') return;
  const expected = matchingRows(visible, q).map(fullName);
  assert.equal(page.total, expected.length, context);
  for (const name of names) assert.ok(expected.includes(name), `${context} ${name}`);
  const remaining = Math.max(0, expected.length - (page.page - 1) * page.size);
  assert.equal(names.size, Math.min(remaining, page.size), context);
}

// Then search also returns the correction centos, the only name that is popular enough for one.
function isMisspelt(q: string): boolean {
  const letters = parseQuery(q).name?.replace(/[._-]/g, '') ?? '';
  const isClose = [...'centos'].filter((letter) => letters.includes(letter)).length >= 4;
  return letters !== 'centos' && letters.length >= 4 && letters.length <= 8 && isClose;
}
