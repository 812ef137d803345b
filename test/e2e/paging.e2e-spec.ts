import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import type { Actor, HttpResponse, JsonValue } from '../support/client';
import { eventually } from '../support/eventually';
import { importRepositories } from '../support/import-fixture';
import { IndexUnderTest } from '../support/index-under-test';
import { insertPushedTags } from '../support/push-fixture';
import { createAdministrator } from '../support/users';

const publicUrl = 'https://index.example.org';

describe('lists', () => {
  let index: IndexUnderTest;
  let alice: Actor;
  let root: Actor;
  beforeAll(async () => {
    index = await IndexUnderTest.start({ RATE_LIMITS: 'off', PUBLIC_URL: publicUrl });
    alice = await index.signUp('alice');
    root = await createAdministrator(index, 'root');
    for (const name of ['app', 'base', 'cache']) {
      await alice.post('/api/v1/namespaces/alice/repositories', { name });
      await alice.post('/api/v1/user/tokens', { label: name, permissions: ['pull'], repositories: ['*/*'] });
    }
    await insertPushedTags(index, 'alice/app', ['v1', 'v2', 'v3'], 'alice');
    for (const name of ['east', 'west']) {
      await root.post('/api/v1/admin/registries', { name, url: `http://${name}.example.org` });
    }
    for (const pattern of ['a*/*', 'ab*/*', 'b*/*', 'team-*/app']) {
      await root.put('/api/v1/admin/placement-rules', { pattern, registry: 'east' });
    }
    await importRepositories(
      index,
      ['one', 'two', 'three', 'four', 'five'].map((name) => ({ namespace: 'pages', name: `paged-${name}` })),
    );
    await eventually(async () => {
      const { json } = await index.anonymous.get('/api/v1/search?q=paged');
      assert.equal(json.total, 5);
    });
  });
  afterAll(() => index.stop());

  const linkOf = ({ headers }: HttpResponse): string | undefined => {
    const [, link] = /^<([^>]+)>; rel="next"$/.exec(headers.link ?? '') ?? [];
    assert.equal(link === undefined, headers.link === undefined, headers.link);
    return link;
  };

  // Follows the links from the first page; each must be what `next` says.
  async function follow(caller: Actor, path: string): Promise<{ items: JsonValue[]; pages: number }> {
    const items: JsonValue[] = [];
    for (let next: string | undefined = path, pages = 1; ; pages += 1) {
      const response: HttpResponse = await caller.get(next);
      assert.equal(response.status, 200, response.text);
      items.push(...(response.json.items as JsonValue[]));
      const link = linkOf(response);
      assert.equal(link === undefined, response.json.next === null, next);
      if (link === undefined) return { items, pages };
      const url = new URL(link);
      assert.equal(url.origin, publicUrl);
      assert.equal(url.searchParams.get('cursor'), response.json.next);
      next = url.pathname + url.search;
    }
  }

  const lists: [path: string, caller: () => Actor, atLeast: number][] = [
    ['/api/v1/namespaces/alice/repositories', () => alice, 3],
    ['/api/v1/repositories/alice/app/tags', () => index.anonymous, 3],
    ['/api/v1/user/tokens', () => alice, 3],
    ['/api/v1/admin/users', () => root, 2],
    ['/api/v1/admin/audit', () => root, 8],
    ['/api/v1/admin/registries', () => root, 2],
    ['/api/v1/admin/placement-rules', () => root, 4],
    ['/api/v1/search?q=paged', () => index.anonymous, 5],
    ['/api/v1/search?q=paged&sort=stars', () => index.anonymous, 5],
    ['/api/v1/search/suggest?q=paged', () => index.anonymous, 5],
  ];
  for (const [path, caller, atLeast] of lists) {
    it(`are walked by their links: ${path}`, async () => {
      const separator = path.includes('?') ? '&' : '?';
      const whole = await caller().get(`${path}${separator}per_page=100`);
      assert.equal(whole.status, 200, whole.text);
      assert.ok(whole.json.items.length >= atLeast, `${whole.json.items.length} items`);
      assert.equal(whole.json.next, null);
      for (const perPage of [1, 2, 3]) {
        const walked = await follow(caller(), `${path}${separator}per_page=${perPage}`);
        assert.deepEqual(walked.items, whole.json.items);
        assert.equal(walked.pages, Math.ceil(walked.items.length / perPage));
      }
    });
  }

  it('all have per_page, cursor and Link, by the API document', async () => {
    const document = (await index.anonymous.get('/api/openapi.json')).json;
    const resolve = (schema: JsonValue): JsonValue =>
      schema?.$ref ? document.components.schemas[schema.$ref.split('/').at(-1)] : schema;
    const found: string[] = [];
    for (const [path, { get }] of Object.entries<JsonValue>(document.paths)) {
      const success = get?.responses['200'];
      const schema = resolve(success?.content?.['application/json']?.schema);
      if (schema?.properties?.items === undefined) continue;
      found.push(path);
      assert.ok(success.headers?.Link, `${path} documents Link`);
      const parameters = new Map<string, JsonValue>(
        get.parameters.map((parameter: JsonValue) => [parameter.name, parameter.schema]),
      );
      const { type, minimum, maximum } = parameters.get('per_page') ?? {};
      assert.deepEqual({ type, minimum, maximum }, { type: 'integer', minimum: 1, maximum: 100 }, path);
      assert.ok(parameters.get('per_page').default >= (path.endsWith('/suggest') ? 8 : 25), path);
      assert.equal(parameters.get('cursor')?.type, 'string', path);
    }
    assert.ok(found.length >= 10, found.join(' '));
  });

  it('of hits accept a page number instead of a cursor, and no cursor of another list', async () => {
    const first = (await index.anonymous.get('/api/v1/search?q=paged&per_page=2')).json;
    const second = (await index.anonymous.get('/api/v1/search?q=paged&per_page=2&page=2')).json;
    const byCursor = (await index.anonymous.get(`/api/v1/search?q=paged&per_page=2&cursor=${first.next}`))
      .json;
    assert.deepEqual(byCursor, second);
    assert.equal(second.page, 2);
    const tokens = (await alice.get('/api/v1/user/tokens?per_page=1')).json.next as string;
    for (const query of [`cursor=${first.next}&page=2`, `cursor=${tokens}`, 'cursor=', 'page=0']) {
      const refused = await index.anonymous.get(`/api/v1/search?q=paged&${query}`);
      assert.equal(refused.status, 400, query);
    }
  });

  it('of hits say whether their total is exact', async () => {
    const { json } = await index.anonymous.get('/api/v1/search?q=paged&per_page=2');
    assert.deepEqual([json.total, json.total_is_exact], [5, true]);
    const names = Array.from({ length: 1_001 }, (_, n) => ({
      namespace: 'many',
      name: `crowd-gathering-${n}`,
    }));
    await importRepositories(index, names);
    const search = (q: string): Promise<HttpResponse> =>
      index.anonymous.get(`/api/v1/search?q=${q}&per_page=100`);
    await eventually(async () => assert.equal((await search('crowd')).json.total, 1_000));
    assert.equal((await search('crowd')).json.total_is_exact, false);
    const last = await index.anonymous.get('/api/v1/search?q=crowd&per_page=100&page=10');
    assert.deepEqual([last.json.items.length, last.json.next, last.headers.link], [100, null, undefined]);
    // Of several words, no more than the first thousand documents of the rarest one are read.
    assert.equal((await search('crowd%20gathering')).json.total_is_exact, false);
    assert.equal((await search('paged%20one')).json.total_is_exact, true);
  });
});
