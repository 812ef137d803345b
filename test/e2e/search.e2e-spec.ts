import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import type { Actor, HttpResponse } from '../support/client';
import { eventually } from '../support/eventually';
import { importRepositories } from '../support/import-fixture';
import { IndexUnderTest } from '../support/index-under-test';
import { createAdministrator } from '../support/users';

describe('REST search', () => {
  let index: IndexUnderTest;
  let alice: Actor;
  let bob: Actor;

  const search = (actor: Actor, query: string): Promise<HttpResponse> => actor.get(`/api/v1/search?${query}`);
  const hostileSearch = (query: string): Promise<HttpResponse> =>
    index.anonymous.sendRaw('GET', `/api/v1/search?${query}`);
  const names = async (actor: Actor, query: string): Promise<string[]> => {
    const response = await search(actor, query);
    assert.equal(response.status, 200, response.text);
    return response.json.items.map((item: { full_name: string }) => item.full_name);
  };

  beforeAll(async () => {
    index = await IndexUnderTest.start();
    alice = await index.signUp('alice');
    bob = await index.signUp('bobby');
    await importRepositories(index, [
      {
        namespace: 'library',
        name: 'centos',
        description: 'The official build.',
        is_official: true,
        star_count: 2,
      },
      { namespace: 'acme', name: 'centos', star_count: 5000, pull_count: 9, is_automated: true },
      { namespace: 'acme', name: 'webapp', description: 'Runs on CentOS' },
      { namespace: 'alice', name: 'secret-webapp', description: 'hidden knowledge', star_count: 7 },
      { namespace: 'alice', name: 'public-webapp' },
    ]);
    const created = await alice.post('/api/v1/namespaces/alice/repositories', { name: 'empty-webapp' });
    assert.equal(created.status, 201, created.text);
    const hidden = await alice.patch('/api/v1/repositories/alice/secret-webapp', { visibility: 'private' });
    assert.equal(hidden.status, 200, hidden.text);
    await eventually(async () => {
      assert.equal((await names(index.anonymous, 'q=centos')).length, 3);
      assert.deepEqual(await names(index.anonymous, 'q=secret-webapp'), []);
      assert.deepEqual(await names(alice, 'q=secret-webapp'), ['alice/secret-webapp']);
    });
  });
  afterAll(() => index.stop());

  it('returns the page with all fields of each result', async () => {
    const { json } = await search(index.anonymous, 'q=centos&per_page=2');
    const [first] = json.items;
    assert.match(first.updated_at, /^\d{4}-\d\d-\d\dT/);
    assert.deepEqual(
      { ...json, next: typeof json.next, items: [{ ...first, updated_at: '' }] },
      {
        items: [
          {
            namespace: 'library',
            name: 'centos',
            full_name: 'centos',
            description: 'The official build.',
            visibility: 'public',
            official: true,
            automated: false,
            kinds: [],
            stars: 2,
            pulls: 0,
            updated_at: '',
            pushed_at: null,
          },
        ],
        next: 'string',
        total: 3,
        total_is_exact: true,
        page: 1,
        per_page: 2,
      },
    );
    assert.equal(json.items.length, 2);
  });

  it('lists by filters or an order when nothing is searched for', async () => {
    assert.deepEqual(await names(index.anonymous, 'q='), []);
    assert.deepEqual(await names(index.anonymous, 'official=true'), ['centos']);
    assert.deepEqual(await names(index.anonymous, 'q=&namespace=acme'), ['acme/centos', 'acme/webapp']);
    assert.deepEqual(await names(alice, 'namespace=alice'), ['alice/secret-webapp', 'alice/public-webapp']);
    assert.deepEqual(await names(index.anonymous, 'sort=stars&per_page=2'), ['acme/centos', 'centos']);
    assert.equal((await names(index.anonymous, 'sort=pulls'))[0], 'acme/centos');
    assert.equal((await names(index.anonymous, 'sort=pushed')).length, 4);
    // No words are no reason to list everything.
    assert.deepEqual(await names(index.anonymous, 'q=%25&sort=stars'), []);
  });

  it('does not move `updated_at` by a description', async () => {
    const hit = async () => (await search(index.anonymous, 'q=alice/public-webapp')).json.items[0];
    const before = await hit();
    const response = await alice.patch('/api/v1/repositories/alice/public-webapp', {
      description: 'new words',
    });
    assert.equal(response.status, 200, response.text);
    await eventually(async () => assert.equal((await hit()).description, 'new words'));
    assert.equal((await hit()).updated_at, before.updated_at);
    assert.equal(response.json.updated_at, before.updated_at);
  });

  it('filters, sorts and paginates', async () => {
    assert.deepEqual(await names(index.anonymous, 'q=centos'), ['centos', 'acme/centos', 'acme/webapp']);
    assert.deepEqual(await names(index.anonymous, 'q=centos&sort=stars'), [
      'acme/centos',
      'centos',
      'acme/webapp',
    ]);
    assert.deepEqual(await names(index.anonymous, 'q=centos&page=2&per_page=1'), ['acme/centos']);
    assert.deepEqual(await names(index.anonymous, 'q=centos&page=9'), []);
    assert.deepEqual(await names(index.anonymous, 'q=centos&official=true'), ['centos']);
    assert.deepEqual(await names(index.anonymous, 'q=centos&automated=true&stars=5000'), ['acme/centos']);
    assert.deepEqual(await names(index.anonymous, 'q=centos&stars=5001'), []);
    assert.deepEqual(await names(index.anonymous, 'q=acme/'), ['acme/centos', 'acme/webapp']);
    assert.deepEqual(await names(index.anonymous, 'q=webapp&namespace=acme'), ['acme/webapp']);
    assert.deepEqual((await hostileSearch('')).json.items, []);
  });

  it('shows a private repository to its owner only, and discloses it to no other caller', async () => {
    assert.deepEqual(await names(alice, 'q=secret-webapp'), ['alice/secret-webapp']);
    const queries = [
      'secret-webapp',
      'alice/secret-webapp',
      'alice/',
      'alice',
      'secret',
      'webapp',
      'hidden',
      'knowledge',
    ];
    for (const q of queries) {
      for (const more of ['', '&sort=stars', '&per_page=1', '&stars=7', '&official=false', '&page=2']) {
        const query = `q=${encodeURIComponent(q)}${more}`;
        const [othersView, anonymous] = [await search(bob, query), await search(index.anonymous, query)];
        assert.doesNotMatch(othersView.text + anonymous.text, /secret-webapp/);
        assert.deepEqual(othersView.json, anonymous.json, query);
      }
    }
    const { json } = await search(bob, 'q=webapp&per_page=1');
    assert.equal(json.total, 2, 'acme/webapp and alice/public-webapp');
    assert.deepEqual(
      (await search(bob, 'q=alice/secret-webapp')).json,
      (await search(bob, 'q=alice/absent-webapp')).json,
    );
  });

  it('shows an access token only the private repositories that it may pull', async () => {
    const rows: [repositories: string[], permissions: string[], found: boolean][] = [
      [['alice/secret-webapp'], ['pull'], true],
      [['alice/secret-*'], ['pull', 'push'], true],
      [['*/*'], ['metadata'], true],
      [['alice/secret-webapp'], ['push'], false],
      [['alice/secret', 'alice/webapp', 'bobby/*'], ['pull'], false],
    ];
    for (const [repositories, permissions, isFound] of rows) {
      const request = { label: 'finder', permissions, repositories };
      const created = await alice.post('/api/v1/user/tokens', request);
      assert.equal(created.status, 201, created.text);
      const byToken = index.anonymous.bearer(created.json.token);
      const expected = isFound ? ['alice/secret-webapp'] : [];
      for (const query of ['q=secret-webapp', 'q=hidden', 'q=secret-webapp&namespace=alice&sort=stars']) {
        assert.deepEqual(await names(byToken, query), expected, JSON.stringify(request));
      }
      const docker = await index.anonymous
        .basic('alice', created.json.token)
        .get('/v1/search?q=secret-webapp');
      assert.equal(docker.json.num_results, expected.length);
      const suggested = await byToken.get('/api/v1/search/suggest?q=alice/se');
      assert.equal(suggested.json.items.length, expected.length);
    }
  });

  it('shows no repository without images, not even to its owner', async () => {
    assert.equal((await alice.get('/api/v1/repositories/alice/empty-webapp')).status, 200);
    assert.deepEqual(await names(alice, 'q=empty-webapp'), []);
    assert.ok(!(await names(alice, 'q=alice/')).includes('alice/empty-webapp'));
  });

  it('finds a change immediately, and removes what is deleted', async () => {
    const changed = await alice.patch('/api/v1/repositories/alice/public-webapp', {
      description: 'now zebrafied',
    });
    assert.equal(changed.status, 200, changed.text);
    await eventually(async () => {
      assert.deepEqual(await names(index.anonymous, 'q=zebrafied'), ['alice/public-webapp']);
    }, 1_000);
    await alice.delete('/api/v1/repositories/alice/public-webapp');
    await eventually(async () => {
      assert.deepEqual(await names(alice, 'q=zebrafied'), []);
    }, 1_000);
  });

  it('suggests names, private ones to their owner only', async () => {
    const suggested = async (actor: Actor, q: string): Promise<string[]> => {
      const response = await actor.get(`/api/v1/search/suggest?q=${q}`);
      assert.equal(response.status, 200, response.text);
      return response.json.items.map((item: { full_name: string }) => item.full_name);
    };
    assert.deepEqual(await suggested(bob, 'cen'), ['acme/centos', 'centos']);
    assert.deepEqual(await suggested(bob, 'alice/se'), []);
    assert.deepEqual(await suggested(alice, 'alice/se'), ['alice/secret-webapp']);
    assert.equal((await bob.get('/api/v1/search/suggest?per_page=101')).status, 400);
  });

  it('suggests the correction of a misspelt name', async () => {
    const { json } = await search(bob, 'q=cenots');
    assert.equal(json.did_you_mean, 'centos');
    assert.equal(json.items[0].full_name, 'acme/centos');
    assert.equal((await search(bob, 'q=centos')).json.did_you_mean, undefined);
  });

  it('explains the ranking to administrators only', async () => {
    const administrator = await createAdministrator(index, 'root1');
    const { json, text, status } = await search(administrator, 'q=centos&explain=true');
    assert.equal(status, 200, text);
    assert.deepEqual(
      json.explanation.hits.map((item: { full_name: string }) => item.full_name),
      json.items.map((item: { full_name: string }) => item.full_name),
    );
    const [first] = json.explanation.hits;
    assert.deepEqual([first.pinned, first.text_class, first.text], [true, 'nameExact', 8]);
    assert.equal(first.score, Number((first.text + first.popularity + first.official).toFixed(3)));
    assert.equal((await search(bob, 'q=centos&explain=true')).status, 403);
    assert.equal((await search(bob, 'q=centos')).json.explanation, undefined);
  });

  it('returns 400 for unknown parameters and values', async () => {
    const invalid = [
      'page=0',
      'page=-1',
      'page=1001',
      'page=1e3',
      'page=x',
      'per_page=0',
      'per_page=101',
      'stars=-1',
    ];
    invalid.push(
      'official=1',
      'sort=private',
      "sort=stars;--'",
      'color=red',
      'private=true',
      'q=a&q=b',
      'stars=1e9',
    );
    for (const query of invalid) {
      const response = await hostileSearch(query);
      assert.equal(response.status, 400, query);
      assert.equal(response.json.errors[0].code, 'VALIDATION_FAILED', query);
    }
  });

  it('treats SQL, wildcards and control characters as text', async () => {
    const pairs: [hostile: string, meant: string][] = [
      ["webapp' or '1'='1", 'webapp or 1 1'],
      ["'; drop table search_document; --", 'drop table search_document'],
      ['webapp" OR private = true', 'webapp or private true'],
      ['{webapp}', 'webapp'],
      ['webapp\u0000', 'webapp'],
      ['web%', 'web'],
      ['w_bapp', 'w bapp'],
      ['%', ''],
      ['_', ''],
      ['\\', ''],
      ['$1', '1'],
      ['\u0000', ''],
      ['\ud83d\udc33', ''],
      ['(webapp|centos)*', 'webapp centos'],
      ['x'.repeat(5_000), 'x'.repeat(100)],
      [`webapp ${'y'.repeat(5_000)}`, `webapp ${'y'.repeat(93)}`],
    ];
    for (const [hostile, plain] of pairs) {
      const response = await hostileSearch(`q=${encodeURIComponent(hostile)}`);
      assert.equal(response.status, 200, hostile);
      assert.deepEqual(
        response.json,
        (await search(index.anonymous, `q=${encodeURIComponent(plain)}`)).json,
        hostile,
      );
    }
    assert.equal((await search(index.anonymous, 'q=%ff%fe')).status, 200);
    assert.equal((await search(index.anonymous, 'q=webapp&namespace=%00')).status, 400);
  });
});
