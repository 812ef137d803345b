import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { SearchSync } from '@central-index/search';
import { Client } from 'pg';
import { Browser } from '../support/browser';
import { eventually } from '../support/eventually';
import { importRepositories } from '../support/import-fixture';
import { IndexUnderTest } from '../support/index-under-test';
import { createAdministrator } from '../support/users';

const hostile = '"><img src=x onerror=alert(1)> <script>alert(2)</script> & \u4e2d';

describe('the page of search results', () => {
  let index: IndexUnderTest;
  let sql: Client;
  beforeAll(async () => {
    index = await IndexUnderTest.start({ RATE_LIMITS: 'off' });
    sql = new Client({ connectionString: index.database.url });
    await sql.connect();
    const admin = await createAdministrator(index, 'admin1');
    assert.equal((await admin.put('/api/v1/admin/official/redis', { description: hostile })).status, 201);
    const alice = await index.signUp('alice');
    const bob = await index.signUp('bobby');
    for (const [owner, name, visibility] of [
      [alice, 'redis', 'public'],
      [alice, 'redis-tools', 'public'],
      [bob, 'redis', 'private'],
    ] as const) {
      const path = `/api/v1/namespaces/${owner === alice ? 'alice' : 'bobby'}/repositories`;
      assert.equal((await owner.post(path, { name, visibility, description: hostile })).status, 201);
    }
    await pushed('library/redis', ['linux/amd64', 'linux/arm64'], ['index'], 2_000);
    await pushed('alice/redis', ['linux/amd64'], ['image'], 12);
    await pushed('alice/redis-tools', [], ['helm-chart'], 0);
    await pushed('bobby/redis', ['windows/amd64'], ['image'], 0);
    await eventually(async () => {
      assert.equal((await index.anonymous.get('/api/v1/search?q=redis')).json.total, 3);
      assert.equal((await bob.get('/api/v1/search?q=redis')).json.total, 4);
    });
  });
  afterAll(async () => {
    await sql.end();
    await index.stop();
  });

  // As a push, and stars from elsewhere, make a repository.
  async function pushed(path: string, platforms: string[], kinds: string[], stars: number): Promise<void> {
    const { rows } = await sql.query<{ id: string }>(
      `update repository set state = 'active', pushed_at = now(), platforms = $2, kinds = $3, imported_stars = $4
        where path = $1 returning id`,
      [path, platforms, kinds, stars],
    );
    await index.app.get(SearchSync, { strict: false }).sync([rows[0]!.id]);
  }
  const reader = (headers?: Record<string, string>): Browser => new Browser(index.url, headers);
  const names = (html: string): string[] =>
    [...html.matchAll(/<h2><a href="[^"]*" translate="no">([^<]*)<\/a>/g)].map(([, name]) => name!);

  it('counts what each filter would leave', async () => {
    const { text } = await reader().get('/search?q=redis');
    assert.deepEqual(names(text), ['redis', 'alice/redis', 'alice/redis-tools']);
    assert.match(text, /name="official" value="true"\/?> Official \(1\)/);
    assert.match(text, /name="automated" value="true"\/?> Trusted build \(0\)/);
    assert.match(text, /<option value="helm-chart"[^>]*>Helm chart \(1\)/);
    assert.match(text, /<option value="image"[^>]*>Image \(1\)/);
    assert.match(text, /<option value="linux"[^>]*>linux \(2\)/);
    assert.doesNotMatch(text, /windows/);
    assert.match(text, /<option value="arm64"[^>]*>arm64 \(1\)/);
    assert.match(text, /<option value="10"[^>]*>10 or more \(2\)/);
    assert.match(text, /<option value="1000"[^>]*>1,000 or more \(1\)/);
    const chinese = (await reader({ 'accept-language': 'zh' }).get('/search?q=redis')).text;
    assert.match(chinese, /官方（1）/);
  });

  it('filters by operating system and architecture, as the API does', async () => {
    for (const [query, found] of [
      ['os=linux', ['redis', 'alice/redis']],
      ['architecture=arm64', ['redis']],
      ['os=linux&architecture=amd64', ['redis', 'alice/redis']],
      ['os=windows', []],
      ['kind=helm-chart', ['alice/redis-tools']],
    ] as const) {
      const page = (await reader().get(`/search?q=redis&${query}`)).text;
      assert.deepEqual(names(page), found, query);
      const { json } = await index.anonymous.get(`/api/v1/search?q=redis&${query}`);
      assert.deepEqual(
        json.items.map((item: { full_name: string }) => item.full_name),
        found,
        query,
      );
    }
    for (const bad of ['os=', 'os=%00', 'architecture=a%2Fb', `os=${'x'.repeat(65)}`]) {
      assert.equal((await index.anonymous.get(`/api/v1/search?q=redis&${bad}`)).status, 400, bad);
      assert.equal((await reader().get(`/search?q=redis&${bad}`)).status, 200, bad);
    }
    const filtered = (await reader().get('/search?q=redis&os=linux&official=true')).text;
    assert.match(filtered, /<option value="linux" selected[^>]*>linux \(1\)/);
    assert.match(filtered, /<a href="\/search\?q=redis">Remove all filters/);
  });

  it('shows private repositories and counts them to their owner only', async () => {
    const bob = reader();
    const form = { username: 'bobby', password: 'a long password of bobby' };
    assert.equal((await bob.submit('/login', '/login', form)).status, 303);
    const { text } = await bob.get('/search?q=redis');
    assert.ok(names(text).includes('bobby/redis'));
    assert.match(text, /<option value="windows"[^>]*>windows \(1\)/);
  });

  it('says why a result stands where it stands, if that is asked', async () => {
    const plain = (await reader().get('/search?q=redis')).text;
    const link = /<a href="([^"]*explain=true[^"]*)"/.exec(plain)![1]!.replaceAll('&amp;', '&');
    const { text } = await reader().get(link);
    assert.match(text, /It is exactly what you searched for, so it comes first\./);
    assert.match(text, /3\. Here because its name begins with what you searched for\./);
    assert.match(text, /popularity \d/);
  });

  it('says what to try when nothing is found, and leads to what was meant', async () => {
    const { text } = await reader().get('/search?q=no-such-thing+redis&official=true');
    assert.match(text, /Nothing was found/);
    assert.match(text, /href="\/search\?q=redis"/);
    assert.match(text, /href="\/search\?q=no-such-thing\+redis"/);
    assert.match(
      (await reader().get('/search?q=rediss')).text,
      /Did you mean[\s\S]*href="\/search\?q=redis"/,
    );
    const all = (await reader().get('/search')).text;
    assert.deepEqual(names(all), ['redis', 'alice/redis', 'alice/redis-tools']);
  });

  it('shows hostile descriptions and queries as text, also as suggestions', async () => {
    const query = encodeURIComponent(`redis"><script>alert(3)</script>`);
    for (const path of ['/search?q=redis', `/search?q=${query}`, '/', '/_/redis', '/u/alice']) {
      const { text } = await reader().get(path);
      assert.doesNotMatch(text, /<script>|<img src=x/i, path);
    }
    assert.match(
      (await reader().get('/_/redis')).text,
      /name="description" content="&quot;>&lt;img|&quot;&gt;&lt;img/,
    );
    const { json } = await index.anonymous.get('/api/v1/search/suggest?q=red');
    assert.equal(json.items[0].description, hostile);
  });

  it('is linked from the home page, whose recent pushes are pushes', async () => {
    await importRepositories(index, [{ namespace: 'elsewhere', name: 'imported', star_count: 5 }]);
    await eventually(async () => {
      const { text } = await new Browser(index.url).get('/');
      const [, popular, recent] = /<h2>Popular<(.*)<h2>Recently pushed<(.*)/s.exec(text) ?? [];
      assert.match(popular!, /elsewhere\/imported/);
      assert.match(recent!, /alice\/redis/);
      assert.doesNotMatch(recent!, /elsewhere\/imported/);
    });
  });
});
