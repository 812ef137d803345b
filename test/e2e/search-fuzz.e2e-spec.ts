import { SearchMaintenance } from '@central-index/search';
import assert from 'node:assert/strict';
import { describe, it } from '@jest/globals';
import {
  allowed,
  found,
  fullName,
  understood,
  type Filters,
  type Row,
  type Sees,
} from '../fuzz/search-oracle';
import { fuzzedSearch, queryString, type SearchRequest } from '../fuzz/search-requests';
import { Dice } from '../fuzz/token-requests';
import type { Actor } from '../support/client';
import { eventually } from '../support/eventually';
import { importRepositories } from '../support/import-fixture';
import { IndexUnderTest } from '../support/index-under-test';
import { MeilisearchServer, noMeilisearch } from '../support/meilisearch-server';
import { itUnless } from '../support/jest';

// SEARCH_FUZZ=5000 and FUZZ_SEED say how many, and which again.
const requests = Number(process.env.SEARCH_FUZZ ?? 2_000);
const seed = Number(process.env.FUZZ_SEED ?? Date.now() % 2 ** 31);
const together = 8;

const plain = { description: '', official: false, automated: false, secret: false, stars: 0 };
const rows: Row[] = [
  {
    ...plain,
    namespace: 'library',
    name: 'centos',
    description: 'The official build.',
    official: true,
    stars: 4,
  },
  { ...plain, namespace: 'acme', name: 'centos', automated: true, stars: 4 },
  { ...plain, namespace: 'acme', name: 'web-app', description: 'Runs quietly on port 80' },
  { ...plain, namespace: 'acme', name: 'web.api', description: 'tools; drop table or select where' },
  { ...plain, namespace: 'acme', name: 'my_app', description: '100% pure "quoted" app', stars: 5 },
  { ...plain, namespace: 'bobby', name: 'app', description: 'select or where true and null' },
  { ...plain, namespace: 'bobby', name: 'private', description: '' },
  {
    ...plain,
    namespace: 'alice',
    name: 'secret-app',
    description: 'nobody knows private true',
    secret: true,
  },
  { ...plain, namespace: 'alice', name: 'my-app', description: 'secret app or official table', secret: true },
  { ...plain, namespace: 'alice', name: 'open-app' },
  { ...plain, namespace: 'nihon', name: 'docs', description: '日本語のドキュメント' },
];

interface Caller {
  readonly actor: Actor;
  readonly docker: Actor;
  readonly sees: Sees;
}

async function callersOf(index: IndexUnderTest): Promise<Caller[]> {
  const people = [await index.signUp('alice'), await index.signUp('bobby')];
  await importRepositories(
    index,
    rows.map(({ stars, official, automated, ...row }) => ({
      ...row,
      star_count: stars,
      is_official: official,
      is_automated: automated,
    })),
  );
  const [alice, bob] = people as [Actor, Actor];
  for (const { namespace, name, secret } of rows) {
    if (!secret) continue;
    const path = `/api/v1/repositories/${namespace}/${name}`;
    assert.equal((await alice.patch(path, { visibility: 'private' })).status, 200);
  }
  const limits = { label: 'x', permissions: ['pull'], repositories: ['alice/my-*', '*/private'] };
  const { token } = (await alice.post('/api/v1/user/tokens', limits)).json;
  const limited = index.anonymous.bearer(token);
  return [
    { actor: index.anonymous, docker: index.anonymous, sees: () => false },
    { actor: bob, docker: bob, sees: () => false },
    { actor: alice, docker: alice, sees: (path) => path.startsWith('alice/') },
    {
      actor: limited,
      docker: index.anonymous.basic('alice', token),
      sees: (path) => path === 'alice/my-app',
    },
  ];
}

describe('search, asked hostile things', () => {
  it('answers what the oracle does, from PostgreSQL (S30)', () => fuzz(new Dice(seed), {}));

  itUnless(noMeilisearch, 'answers what the oracle does, from Meilisearch (S30)', async () => {
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
    const upkeep = index.app.get(SearchMaintenance, { strict: false });
    await eventually(async () => {
      for (const { actor, docker, sees } of callers) {
        await ask({ actor, docker, sees }, { q: 'app', exact: true, parameters: [] });
      }
      assert.deepEqual([(await upkeep.state()).pending, (await upkeep.state()).fallback], [0, undefined]);
    }, 20_000);
    for (let done = 0; done < requests; done += together) {
      const some = Array.from({ length: together }, () => ({
        caller: dice.pick(callers),
        request: fuzzedSearch(dice),
      }));
      await Promise.all(some.map(({ caller, request }) => ask(caller, request)));
    }
    await ask(callers[2]!, { q: 'app', exact: true, parameters: [] });
    assert.equal((await upkeep.state()).fallback, undefined);
  } finally {
    await index.stop();
  }
}

/** Asks all three surfaces and compares with the oracle. */
async function ask({ actor, docker, sees }: Caller, request: SearchRequest): Promise<void> {
  const about = `FUZZ_SEED=${seed} ${JSON.stringify(request)}`;
  const rest = await actor.sendRaw('GET', `/api/v1/search?${queryString(request, {})}`);
  if (request.parameters.some(({ means }) => means === undefined)) {
    assert.equal(rest.status, 400, about);
    assert.equal(rest.json.errors[0].code, 'VALIDATION_FAILED', about);
  } else {
    assert.equal(rest.status, 200, `${about} ${rest.text}`);
    const {
      page = 1,
      size = 25,
      ...filters
    } = Object.assign({}, ...request.parameters.map(({ means }) => means));
    const names = rest.json.items.map((item: { full_name: string }) => item.full_name);
    agree(request, { names, total: rest.json.total, page, size }, sees, filters, about);
  }
  const v1 = await docker.sendRaw('GET', `/v1/search?${queryString(request, { per_page: 'n' })}`);
  assert.equal(v1.status, 200, `${about} ${v1.text}`);
  const names = v1.json.results.map(({ name }: { name: string }) => name);
  const shown = { names, total: v1.json.num_results, page: v1.json.page, size: v1.json.page_size };
  agree(request, shown, sees, {}, about);
  const suggested = await actor.sendRaw(
    'GET',
    `/api/v1/search/suggest?q=${queryString(request, {}).slice(2).split('&')[0]}`,
  );
  assert.equal(suggested.status, 200, about);
  const visible = allowed(rows, sees, {}).map(fullName);
  for (const { full_name: name } of suggested.json.items)
    assert.ok(visible.includes(name), `${about} ${name}`);
}

function agree(
  { q, exact }: SearchRequest,
  shown: { names: string[]; total: number; page: number; size: number },
  sees: Sees,
  filters: Filters,
  about: string,
): void {
  const visible = allowed(rows, sees, filters);
  const names = new Set(shown.names);
  assert.equal(names.size, shown.names.length, about);
  for (const name of names)
    assert.ok(
      visible.some((row) => fullName(row) === name),
      `${about} ${name}`,
    );
  assert.ok(shown.total <= visible.length, about);
  if (!exact || isMisspelt(q)) return;
  const expected = found(visible, q).map(fullName);
  assert.equal(shown.total, expected.length, about);
  for (const name of names) assert.ok(expected.includes(name), `${about} ${name}`);
  const left = Math.max(0, expected.length - (shown.page - 1) * shown.size);
  assert.equal(names.size, Math.min(left, shown.size), about);
}

// Then centos is found besides, the only name that is popular enough.
function isMisspelt(q: string): boolean {
  const letters = understood(q).single?.replace(/[._-]/g, '') ?? '';
  const near = [...'centos'].filter((letter) => letters.includes(letter)).length >= 4;
  return letters !== 'centos' && letters.length >= 4 && letters.length <= 8 && near;
}
