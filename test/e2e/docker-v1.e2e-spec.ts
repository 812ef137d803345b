import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import type { Actor, HttpResponse } from '../support/client';
import { eventually } from '../support/eventually';
import { importRepositories } from '../support/import-fixture';
import { IndexUnderTest } from '../support/index-under-test';

const docker28 = { 'user-agent': 'docker/28.2.2 go/go1.24 os/linux arch/amd64', 'x-docker-token': 'true' };
const docker15 = { 'user-agent': 'docker/1.5.0 go/go1.4.2 kernel/3.16 os/linux arch/amd64' };

describe('Docker v1 protocol', () => {
  let index: IndexUnderTest;
  let alice: Actor;
  let docker: Actor;

  const names = (response: HttpResponse): string[] => {
    assert.equal(response.status, 200, response.text);
    return response.json.results.map((row: { name: string }) => row.name);
  };

  beforeAll(async () => {
    index = await IndexUnderTest.start();
    alice = await index.signUp('alice');
    docker = index.anonymous.with(docker28);
    const manyRepositories = Array.from({ length: 130 }, (_, number) => ({
      namespace: 'many',
      name: `thing${number}`,
    }));
    await importRepositories(index, [
      { namespace: 'library', name: 'app', description: 'Official app', star_count: 50 },
      { namespace: 'acme', name: 'app', star_count: 9000, is_automated: true },
      { namespace: 'alice', name: 'app' },
      ...manyRepositories,
    ]);
    await alice.patch('/api/v1/repositories/alice/app', { visibility: 'private' });
    await eventually(async () => {
      assert.deepEqual(names(await docker.get('/v1/search?q=app')), ['app', 'acme/app']);
      assert.equal((await docker.get('/v1/search?q=many/')).json.num_results, 130);
    });
  });
  afterAll(() => index.stop());

  it('responds to the ping as an index, with and without a trailing slash', async () => {
    for (const path of ['/v1/_ping', '/v1/_ping/']) {
      const response = await index.anonymous.basic('', '').get(path);
      assert.equal(response.status, 200);
      assert.equal(response.headers['x-docker-registry-standalone'], 'false');
      assert.equal(response.headers['x-docker-registry-version'], '0.6.0');
      assert.deepEqual(response.json, { standalone: false });
    }
  });

  it('returns exactly the fields of the v1 search', async () => {
    const response = await docker.get('/v1/search?q=app&n=25');
    assert.match(response.headers['content-type']!, /^application\/json/);
    assert.deepEqual(response.json, {
      query: 'app',
      num_results: 2,
      num_pages: 1,
      page: 1,
      page_size: 25,
      results: [
        {
          name: 'app',
          description: 'Official app',
          star_count: 50,
          is_official: true,
          is_trusted: false,
          is_automated: false,
        },
        {
          name: 'acme/app',
          description: '',
          star_count: 9000,
          is_official: false,
          is_trusted: true,
          is_automated: true,
        },
      ],
    });
    assert.deepEqual((await docker.get('/v1/search/?q=library%2Fapp')).json.results, response.json.results);
  });

  it('accepts any n and page', async () => {
    const sizes: [query: string, size: number, rows: number][] = [
      ['', 25, 25],
      ['&n=7', 7, 7],
      ['&n=100', 100, 100],
      ['&n=250', 100, 100],
      ['&n=0', 25, 25],
      ['&n=-3', 25, 25],
      ['&n=abc', 25, 25],
      ['&n=1e2', 25, 25],
      ['&n=', 25, 25],
      ['&n=99999999999999999999', 100, 100],
      ['&n=5&n=9', 5, 5],
      ['&n[]=5', 25, 25],
      ['&n=100&page=2', 100, 30],
      ['&n=100&page=3', 100, 0],
      ['&page=999999999999', 25, 0],
      ['&page=-1', 25, 25],
      ['&page=x', 25, 25],
    ];
    for (const [query, size, rows] of sizes) {
      const { status, json } = await docker.get(`/v1/search?q=many/${query}`);
      assert.deepEqual([status, json.page_size, json.results.length], [200, size, rows], query);
      assert.deepEqual([json.num_results, json.num_pages], [130, Math.ceil(130 / size)], query);
    }
    const pages = await Promise.all(
      [1, 2, 3].map((page) => docker.get(`/v1/search?q=many/&n=50&page=${page}`)),
    );
    assert.equal(new Set(pages.flatMap(names)).size, 130);
  });

  it('returns 200 without results for queries without words', async () => {
    for (const query of [
      '',
      '?',
      '?q=',
      '?q=%00',
      '?q=-',
      '?x=1',
      `?q=${'a'.repeat(5_000)}`,
      '?q=%ff',
      '?q[a]=b',
    ]) {
      const { status, json } = await docker.sendRaw('GET', `/v1/search${query}`);
      assert.deepEqual([status, json.num_results, json.results], [200, 0, []], query);
    }
  });

  it('treats empty credentials as anonymous', async () => {
    const anonymous = await docker.get('/v1/search?q=app');
    for (const authorization of ['Basic Og==', 'Basic ', 'Basic']) {
      const response = await docker.with({ authorization }).get('/v1/search?q=app');
      assert.deepEqual(response.json, anonymous.json, authorization);
    }
  });

  it('shows private repositories to their owner, authenticated by password', async () => {
    const response = await alice.with(docker28).get('/v1/search?q=app');
    assert.deepEqual(names(response), ['app', 'acme/app', 'alice/app']);
    assert.equal(response.json.num_results, 3);
    const bob = await index.signUp('bobby');
    assert.deepEqual(names(await bob.with(docker28).get('/v1/search?q=app')), ['app', 'acme/app']);
  });

  it('shows private repositories for a token with the scope of a search, and not for other tokens', async () => {
    const token = async (scope: string): Promise<string> => {
      const query = `service=central-index&scope=${encodeURIComponent(scope)}`;
      const response = await alice.get(`/token?${query}`);
      assert.equal(response.status, 200, response.text);
      return response.json.token;
    };
    const search = await token('registry:catalog:search');
    const results = names(await docker.bearer(search).get('/v1/search?q=alice/app'));
    assert.deepEqual(results, ['alice/app', 'app', 'acme/app']);
    const other = await token('repository:alice/app:pull');
    assert.deepEqual(names(await docker.bearer(other).get('/v1/search?q=app')), ['app', 'acme/app']);
    assert.equal((await docker.bearer(`${search}x`).get('/v1/search?q=app')).status, 401);
  });

  it('returns 401 for wrong credentials, but ignores them from old clients, which send those of another host', async () => {
    const wrong = docker.basic('alice', 'not the password');
    const refused = await wrong.get('/v1/search?q=app');
    assert.equal(refused.status, 401);
    assert.match(refused.headers['www-authenticate'] ?? '', /^Basic realm="auth required"/);
    assert.equal((await docker.with({ authorization: 'Nonsense x' }).get('/v1/search?q=app')).status, 401);
    const old = await wrong.with(docker15).get('/v1/search?q=app');
    assert.deepEqual(names(old), ['app', 'acme/app']);
  });
});
