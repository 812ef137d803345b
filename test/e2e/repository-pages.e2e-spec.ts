import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { RegistriesService } from '@central-index/registries';
import { Client } from 'pg';
import { Browser } from '../support/browser';
import type { Actor } from '../support/client';
import { eventually } from '../support/eventually';
import { FakeRegistry } from '../support/fake-registry';
import { artifactOf, content, imageOf, indexOf, type TestImage } from '../support/images';
import { IndexUnderTest } from '../support/index-under-test';
import { RegistryUser } from '../support/registry-user';

const password = 'tulips in the rain 1';
const oci = 'application/vnd.oci.image';

// An image as BuildKit makes it: a configuration, two layers, and a step that made none.
function configuredImage(): TestImage {
  const config = {
    os: 'linux',
    architecture: 'amd64',
    created: '2026-01-02T03:04:05Z',
    config: {
      Entrypoint: ['/bin/serve'],
      Cmd: ['--port', '80'],
      Env: ['PATH=/bin', 'MODE=<b>bold</b>'],
      ExposedPorts: { '80/tcp': {} },
      Volumes: { '/data': {} },
      Labels: { maintainer: 'alice', 'org.opencontainers.image.source': 'https://github.com/alice/webapp' },
      User: 'nobody',
      WorkingDir: '/srv',
      StopSignal: 'SIGQUIT',
    },
    rootfs: { type: 'layers', diff_ids: ['a', 'b'] },
    history: [
      { created_by: '/bin/sh -c #(nop) ADD file:1 in /' },
      { created_by: 'ENV MODE=x', empty_layer: true },
      { created_by: '/bin/sh -c apk add <script>alert(1)</script>' },
    ],
  };
  const blobs = [
    content(`${oci}.config.v1+json`, JSON.stringify(config)),
    content(`${oci}.layer.v1.tar`, 'first layer'),
    content(`${oci}.layer.v1.tar`, 'second'),
  ];
  const descriptors = blobs.map(({ mediaType, digest, body }) => ({ mediaType, digest, size: body.length }));
  const manifest = {
    schemaVersion: 2,
    mediaType: `${oci}.manifest.v1+json`,
    config: descriptors[0],
    layers: descriptors.slice(1),
  };
  return { ...content(manifest.mediaType, JSON.stringify(manifest)), blobs, children: [] };
}

describe('pages of a repository', () => {
  let index: IndexUnderTest;
  let fake: FakeRegistry;
  let sql: Client;
  let notifier: Actor;
  let alice: Browser;
  let user: RegistryUser;
  const amd64 = configuredImage();
  const arm64 = imageOf('for arm', { os: 'linux', architecture: 'arm64', variant: 'v8' });
  const both = indexOf(amd64, arm64);
  const sbom = artifactOf('sbom', { artifactType: 'application/spdx+json', subject: both });

  beforeAll(async () => {
    index = await IndexUnderTest.start({ RATE_LIMITS: 'off' });
    fake = await FakeRegistry.start({ generation: '3.x' });
    fake.hasReferrersApi = true;
    sql = new Client({ connectionString: index.database.url });
    await sql.connect();
    alice = new Browser(index.url);
    const person = { username: 'alice', email: 'alice@example.org', password };
    assert.equal((await alice.submit('/signup', '/signup', person)).status, 303);
    user = new RegistryUser(fake.url, 'alice');
    const { hookSecret } = await index.app
      .get(RegistriesService, { strict: false })
      .add(
        { name: 'main', url: fake.url, host: 'r.example.org:5000', kind: 'distribution3' },
        { name: ':test' },
      );
    notifier = index.anonymous.bearer(hookSecret);
    await push('webapp', { v1: amd64, latest: both, sbom });
  });
  afterAll(async () => {
    await sql.end();
    await fake.stop();
    await index.stop();
  });

  const reader = (headers?: Record<string, string>): Browser => new Browser(index.url, headers);

  async function push(name: string, tags: Readonly<Record<string, TestImage>>): Promise<void> {
    await sql.query(
      `insert into repository (namespace_id, path, name, state, registry_id, registry_path)
       select namespace.id, 'alice/' || $1, $1, 'pending', registry.id, 'alice/' || $1
         from namespace, registry where namespace.name = 'alice' on conflict do nothing`,
      [name],
    );
    for (const [tag, image] of Object.entries(tags)) await user.push(`alice/${name}`, image, tag);
    const body = JSON.stringify({ events: fake.drainEvents() });
    const headers = { 'content-type': 'application/vnd.docker.distribution.events.v1+json' };
    assert.equal((await notifier.send('POST', '/hooks/registry/main', { body, headers })).status, 202);
    await eventually(async () => {
      for (const tag of Object.keys(tags)) {
        const path = `/api/v1/repositories/alice/${name}/tags/${tag}`;
        assert.equal((await index.anonymous.get(path)).status, 200, tag);
      }
    });
  }

  it('show layers and configuration of a tag, for each platform', async () => {
    const { status, text } = await reader().get('/r/alice/webapp/tags/latest');
    assert.equal(status, 200);
    assert.match(text, /docker pull r\.example\.org:5000\/alice\/webapp</);
    assert.match(text, new RegExp(`docker pull r\\.example\\.org:5000/alice/webapp@${both.digest}`));
    assert.match(text, /Image for linux\/amd64/);
    for (const layer of amd64.blobs.slice(1)) assert.ok(text.includes(layer.digest));
    assert.match(text, /2 layers, 17 bytes/);
    for (const value of [
      'ADD file:1 in /',
      'RUN apk add &lt;script>',
      '["/bin/serve"]',
      'MODE=&lt;b>bold&lt;/b>',
      '80/tcp',
      '/data',
      'maintainer=alice',
      'nobody',
      '/srv',
      'SIGQUIT',
    ]) {
      assert.ok(text.includes(value.replaceAll('"', '&quot;')) || text.includes(value), value);
    }
    assert.doesNotMatch(text, /<script>alert/);
    const arm = (await reader().get('/r/alice/webapp/tags/latest?platform=linux%2Farm64%2Fv8')).text;
    assert.match(arm, /Image for linux\/arm64\/v8/);
    assert.ok(arm.includes(arm64.blobs[1]!.digest));
    assert.ok(!arm.includes(amd64.blobs[1]!.digest.slice(0, 19)));
    assert.equal((await reader().get('/r/alice/webapp/tags/latest?platform=linux%2Fmips')).status, 404);
    assert.equal((await reader().get('/r/alice/webapp/tags/latest?platform=%3Cx%3E')).status, 200);
  });

  it('show what refers to a tag, and lists of those apart from versions', async () => {
    const { text } = await reader().get('/r/alice/webapp/tags/latest');
    assert.match(text, new RegExp(`SBOM[\\s\\S]*application/spdx\\+json[\\s\\S]*${sbom.digest}`));
    const versions = (await reader().get('/r/alice/webapp/tags')).text;
    assert.doesNotMatch(versions, /href="\/r\/alice\/webapp\/tags\/sbom"/);
    const statements = (await reader().get('/r/alice/webapp/tags?kind=sbom')).text;
    assert.match(statements, /href="\/r\/alice\/webapp\/tags\/sbom"/);
    assert.doesNotMatch(statements, /href="\/r\/alice\/webapp\/tags\/v1"/);
  });

  it('are shown without what a registry does not say', async () => {
    await push('silent', { v1: imageOf('silent') });
    fake.fault = () => 503;
    const { status, text } = await reader().get('/r/alice/silent/tags/v1');
    fake.fault = () => undefined;
    assert.equal(status, 200);
    assert.match(text, /The registry did not respond in time/);
    assert.match(text, /linux\/amd64/);
    assert.match((await reader().get('/r/alice/silent/tags/v1')).text, /1 layer, 6 bytes/);
  });

  it('show pulls by day as a chart, a table and a file, of all tags or of one', async () => {
    await push('pulled', { v1: imageOf('pulled') });
    const today = new Date().toISOString().slice(0, 10);
    const before = new Date(Date.now() - 60 * 86_400_000).toISOString().slice(0, 10);
    for (const [day, reference, pulls] of [
      [today, 'v1', 1_234],
      [today, 'v2', 6],
      [before, 'v1', 10],
    ]) {
      await sql.query(
        `insert into pull_count select id, $1, $2, $3 from repository where path = 'alice/pulled'
         on conflict (repository_id, day, reference) do update set pulls = excluded.pulls`,
        [day, reference, pulls],
      );
    }
    const page = await reader().get('/r/alice/pulled/pulls');
    assert.equal(page.status, 200);
    assert.match(page.text, /<h2>Pulls in the last 30 days: 1,240<\/h2>/);
    assert.equal([...page.text.matchAll(/<rect\b/g)].length, 30);
    assert.match(page.text, /<svg[^>]*role="img" aria-labelledby="pulls-chart"/);
    assert.doesNotMatch(page.text, / style=/);
    const ofTag = (await reader().get('/r/alice/pulled/pulls?days=90&tag=v1')).text;
    assert.match(ofTag, /<h2>Pulls of the tag v1 in the last 90 days: 1,244<\/h2>/);
    assert.equal([...ofTag.matchAll(/<rect\b/g)].length, 90);
    const file = await reader().get('/r/alice/pulled/pulls.csv?days=90&tag=v2');
    assert.match(file.headers['content-type']!, /^text\/csv/);
    assert.match(file.headers['content-disposition']!, /attachment; filename="pulls-alice-pulled-v2\.csv"/);
    const lines = file.text.trimEnd().split('\r\n');
    assert.equal(lines[0], 'day,pulls');
    assert.equal(lines.length, 91);
    assert.equal(lines.at(-1), `${today},6`);
    const api = await index.anonymous.get('/api/v1/repositories/alice/pulled/pulls?tag=v2');
    assert.equal(api.json.pulls, 6);
    assert.deepEqual(api.json.days, [
      { day: today, pulls: 6, tags: [{ name: 'v2', pulls: 6 }], by_digest: 0 },
    ]);
    for (const bad of ['days=7', 'days=x', 'tag=%00', 'tag=a%2Fb', `tag=${'x'.repeat(200)}`]) {
      assert.equal((await reader().get(`/r/alice/pulled/pulls?${bad}`)).status, 200, bad);
    }
  });

  it('list who gave a star, and what a person has starred to that person', async () => {
    const bob = reader();
    const person = { username: 'bobby', email: 'bobby@example.org', password };
    assert.equal((await bob.submit('/signup', '/signup', person)).status, 303);
    assert.equal((await bob.submit('/r/alice/webapp', '/r/alice/webapp/star', {})).status, 303);
    assert.match((await reader().get('/r/alice/webapp/stars')).text, /<a href="\/u\/bobby"/);
    assert.match((await bob.get('/u/bobby/stars')).text, /href="\/r\/alice\/webapp"/);
    assert.equal((await alice.get('/u/bobby/stars')).status, 404);
    assert.equal((await reader().get('/u/bobby/stars')).headers.location, '/login?next=%2Fu%2Fbobby%2Fstars');
    const home = (await alice.get('/')).text;
    assert.match(home, /alice\/webapp<\/a> has a star from bobby/);
    assert.match(home, /alice\/webapp:v1<\/a> was pushed/);
    assert.doesNotMatch((await bob.get('/')).text, /alice\/webapp:v1/);
  });

  it('have a feed of pushes that programs can read', async () => {
    const page = await reader().get('/r/alice/webapp');
    const path = /<link rel="alternate" type="application\/atom\+xml" href="([^"]+)"/.exec(page.text)![1]!;
    const feed = await reader().get(path);
    assert.equal(feed.status, 200);
    assert.match(feed.headers['content-type']!, /^application\/atom\+xml/);
    const root = index.config.server.publicUrl;
    assert.ok(feed.text.includes(`<link rel="self" type="application/atom+xml" href="${root}${path}"/>`));
    const titles = [...feed.text.matchAll(/<title>([^<]*)<\/title>/g)].map(([, title]) => title);
    assert.deepEqual(titles.slice(1).sort(), [
      'alice/webapp:latest was pushed',
      'alice/webapp:sbom was pushed',
      'alice/webapp:v1 was pushed',
    ]);
    const etag = feed.headers.etag!;
    assert.equal((await reader({ 'if-none-match': etag }).get(path)).status, 304);
    await alice.submit('/r/alice/webapp/settings', '/r/alice/webapp/settings', {
      description: '',
      readme: '',
      visibility: 'private',
    });
    assert.equal((await reader({ 'if-none-match': etag }).get(path)).status, 404);
    assert.equal((await alice.get(path)).status, 200);
    const own = await alice.get('/r/alice/webapp');
    assert.match(own.text, /<meta name="robots" content="noindex"/);
    assert.doesNotMatch(own.text, /og:title/);
    await alice.submit('/r/alice/webapp/settings', '/r/alice/webapp/settings', {
      description: 'Serves <b>pages</b> & more',
      readme: '',
      visibility: 'public',
    });
    const shared = (await reader().get('/r/alice/webapp')).text;
    assert.match(shared, new RegExp(`<meta property="og:url" content="${root}/r/alice/webapp"`));
    assert.match(shared, new RegExp(`<link rel="canonical" href="${root}/r/alice/webapp"`));
    assert.ok(
      (await reader().get(path)).text.includes('<subtitle>Serves &#60;b&#62;pages&#60;/b&#62; &#38; more'),
    );
  });

  it('are in the sitemap if they are public, which robots.txt names', async () => {
    const root = index.config.server.publicUrl;
    assert.ok((await reader().get('/robots.txt')).text.includes(`\nSitemap: ${root}/sitemap.xml\n`));
    const list = await reader().get('/sitemap.xml');
    assert.match(list.headers['content-type']!, /^application\/xml/);
    assert.match(list.headers['cache-control']!, /public, max-age=\d+/);
    const [, map] = /<loc>([^<]*)<\/loc>/.exec(list.text)!;
    const part = await reader().get(map!.slice(root.length));
    assert.ok(part.text.includes(`<loc>${root}/r/alice/webapp</loc>`), part.text);
    assert.ok(part.text.endsWith('</urlset>\n'));
    await sql.query(`update repository set visibility = 'private' where path = 'alice/silent'`);
    assert.doesNotMatch((await reader().get(map!.slice(root.length))).text, /alice\/silent/);
    for (const wrong of ['/sitemap/0.xml', '/sitemap/999999.xml', '/sitemap/x.xml', '/sitemap/1']) {
      assert.equal((await reader().get(wrong)).status, 404, wrong);
    }
  });

  it('delete a tag after its full name was typed, with what refers to its image if that is wanted', async () => {
    const signed = imageOf('signed');
    const statement = artifactOf('statement', { artifactType: 'application/spdx+json', subject: signed });
    await push('doomed', { v1: signed, v2: imageOf('kept'), statement });
    const page = '/r/alice/doomed/tags/v1';
    const wrong = await alice.submit(page, `${page}/delete`, { confirm: 'alice/doomed' });
    assert.equal(wrong.status, 422);
    assert.match(wrong.text, /id="confirm-error"/);
    assert.match(wrong.text, /alice\/doomed:v1<\/h2>/);
    const deleted = await alice.submit(page, `${page}/delete`, {
      confirm: 'alice/doomed:v1',
      referrers: 'true',
    });
    assert.equal(deleted.status, 303, deleted.text);
    const after = await alice.get(deleted.headers.location!);
    assert.match(after.text, /The tag v1 and what refers to its image were deleted/);
    assert.doesNotMatch(after.text, /href="\/r\/alice\/doomed\/tags\/v1"/);
    assert.equal((await alice.get(page)).status, 404);
    const again = await alice.post(`${page}/delete`, {
      ...(await alice.fieldsOf('/r/alice/doomed/tags/v2', '/r/alice/doomed/tags/v2/delete')),
      confirm: 'alice/doomed:v1',
    });
    assert.equal(again.status, 404);
    const { csrf } = await alice.fieldsOf('/r/alice/doomed/settings', '/r/alice/doomed/settings');
    const other = await reader().post('/r/alice/doomed/tags/v2/delete', {
      csrf: csrf!,
      confirm: 'alice/doomed:v2',
    });
    assert.equal(other.status, 401);
    assert.equal((await reader().get('/r/alice/doomed/tags/v2')).status, 200);
  });

  it('resolve relative links of the README against the source that the image states', async () => {
    await eventually(async () => {
      const { json } = await index.anonymous.get('/api/v1/repositories/alice/webapp');
      assert.equal(json.labels.source, 'https://github.com/alice/webapp');
    });
    await alice.submit('/r/alice/webapp/settings', '/r/alice/webapp/settings', {
      description: '',
      readme: '[d](docs/x.md) ![p](pic.png) [up](../../evil) [root](/LICENSE)',
      visibility: 'public',
    });
    const { text } = await reader().get('/r/alice/webapp');
    assert.match(text, /href="https:\/\/github\.com\/alice\/webapp\/blob\/HEAD\/docs\/x\.md"/);
    assert.match(text, /src="https:\/\/github\.com\/alice\/webapp\/raw\/HEAD\/pic\.png"/);
    assert.match(text, /href="https:\/\/github\.com\/alice\/webapp\/blob\/HEAD\/LICENSE"/);
    assert.match(
      text,
      /<dt>Source<\/dt><dd><a href="https:\/\/github\.com\/alice\/webapp" rel="nofollow ugc noopener"/,
    );
  });
});
