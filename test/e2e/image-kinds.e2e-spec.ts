import assert from 'node:assert/strict';
import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { RegistriesService } from '@central-index/registries';
import { ReconcilerService } from '@central-index/registry-sync';
import { Client } from 'pg';
import type { Actor } from '../support/client';
import { eventually } from '../support/eventually';
import { FakeRegistry } from '../support/fake-registry';
import { artifactOf, imageOf, indexOf, referrersIndexOf, sizeOf, type TestImage } from '../support/images';
import { IndexUnderTest } from '../support/index-under-test';
import { RegistryUser } from '../support/registry-user';

const simpleSigning = 'application/vnd.dev.cosign.simplesigning.v1+json';
const chart = artifactOf('chart', { configType: 'application/vnd.cncf.helm.config.v1+json' });
const plugin = artifactOf('plugin', { configType: 'application/vnd.docker.plugin.v1+json' });
const files = artifactOf('files', { artifactType: 'application/vnd.example.files' });
const image = imageOf('app');
const other = imageOf('other', { os: 'linux', architecture: 'arm64' });
const signature = artifactOf('signature', { layerType: simpleSigning });
const sbom = artifactOf('sbom', { artifactType: 'application/spdx+json', subject: image });
const cosignTag = `${image.digest.replace(':', '-')}.sig`;
const referrersTag = image.digest.replace(':', '-');

describe('what tags hold', () => {
  let index: IndexUnderTest;
  let fake: FakeRegistry;
  let sql: Client;
  let notifier: Actor;
  let alice: Actor;
  let user: RegistryUser;

  beforeAll(async () => {
    index = await IndexUnderTest.start();
    fake = await FakeRegistry.start({ generation: '3.x' });
    sql = new Client({ connectionString: index.database.url });
    await sql.connect();
    alice = await index.signUp('alice');
    user = new RegistryUser(fake.url, 'alice');
    const { hookSecret } = await index.app
      .get(RegistriesService, { strict: false })
      .add({ name: 'main', url: fake.url, host: 'r.example.org', kind: 'distribution3' }, { name: ':test' });
    notifier = index.anonymous.bearer(hookSecret);
  });
  afterAll(async () => {
    await sql.end();
    await fake.stop();
    await index.stop();
  });

  const repository = async (name: string) => (await alice.get(`/api/v1/repositories/alice/${name}`)).json;
  const tags = async (name: string, query = ''): Promise<Record<string, unknown>[]> =>
    (await alice.get(`/api/v1/repositories/alice/${name}/tags${query}`)).json.items;
  const names = async (name: string, query = ''): Promise<unknown[]> =>
    (await tags(name, query)).map((tag) => tag.name);
  const referrers = async (name: string, tag: string): Promise<[unknown, unknown, unknown][]> =>
    (await alice.get(`/api/v1/repositories/alice/${name}/tags/${tag}/referrers`)).json.items.map(
      ({ digest, kind, tag: referrerTag }: Record<string, unknown>) => [digest, kind, referrerTag],
    );
  const found = async (name: string): Promise<unknown[]> =>
    (await index.anonymous.get(`/v1/search?q=${name}`)).json.results.map(
      (result: { name: string }) => result.name,
    );
  const notify = async (): Promise<void> => {
    const body = JSON.stringify({ events: fake.drainEvents() });
    const headers = { 'content-type': 'application/vnd.docker.distribution.events.v1+json' };
    assert.equal((await notifier.send('POST', '/hooks/registry/main', { body, headers })).status, 202);
    await eventually(async () => {
      const { rows } = await sql.query(`select from registry_event where state = 'pending'`);
      assert.equal(rows.length, 0);
    });
  };
  const place = async (name: string): Promise<void> => {
    await sql.query(
      `insert into repository (namespace_id, path, name, state, registry_id, registry_path)
       select namespace.id, 'alice/' || $1, $1, 'pending', registry.id, 'alice/' || $1
         from namespace, registry where namespace.name = 'alice'`,
      [name],
    );
  };
  /** Pushes to a new repository, and lets the registry report it. */
  const create = async (name: string, pushes: Readonly<Record<string, TestImage>>): Promise<void> => {
    await place(name);
    for (const [tag, pushed] of Object.entries(pushes)) await user.push(`alice/${name}`, pushed, tag);
    await notify();
  };

  const commands: [
    name: string,
    pushes: Record<string, TestImage>,
    command: string | null,
    kinds: string[],
  ][] = [
    ['image', { v1: image, [cosignTag]: signature }, 'docker pull r.example.org/alice/image:v1', ['image']],
    [
      'multi',
      { v1: indexOf(image, other), [referrersTag]: referrersIndexOf(sbom) },
      'docker pull r.example.org/alice/multi:v1',
      ['index'],
    ],
    [
      'chart',
      { '1.0.0': chart },
      'helm pull oci://r.example.org/alice/chart --version 1.0.0',
      ['helm-chart'],
    ],
    ['plugin', { v1: plugin }, 'docker plugin install r.example.org/alice/plugin:v1', ['plugin']],
    ['files', { v1: files }, 'oras pull r.example.org/alice/files:v1', ['artifact']],
    ['both', { chart, v2: image }, 'docker pull r.example.org/alice/both:v2', ['helm-chart', 'image']],
    ['onlysigned', { [cosignTag]: signature, [referrersTag]: referrersIndexOf(sbom) }, null, []],
  ];
  for (const [name, pushes, command, kinds] of commands) {
    it(`of ${name} are pulled by ${command ?? 'nothing'}`, async () => {
      await create(name, pushes);
      const { pull_command: pullCommand, tags: count } = await repository(name);
      assert.equal(pullCommand, command);
      const versions = await tags(name);
      assert.equal(count, versions.length);
      assert.deepEqual([...new Set(versions.map(({ kind }) => kind))].sort(), kinds);
      await eventually(async () =>
        assert.deepEqual(await found(name), kinds.length === 0 ? [] : [`alice/${name}`]),
      );
    });
  }

  it('are a filter of search, and a field of its hits', async () => {
    const search = async (query: string): Promise<[unknown, unknown][]> =>
      (await index.anonymous.get(`/api/v1/search?q=alice/&${query}`)).json.items.map(
        ({ name, kinds }: Record<string, unknown>) => [name, kinds],
      );
    assert.deepEqual(await search('kind=helm-chart&sort=updated'), [
      ['both', ['helm-chart', 'image']],
      ['chart', ['helm-chart']],
    ]);
    assert.deepEqual(await search('kind=plugin'), [['plugin', ['plugin']]]);
    assert.deepEqual(await search('kind=signature'), []);
    assert.equal((await index.anonymous.get('/api/v1/search?q=a&kind=chart')).status, 400);
  });

  it('are no kinds of the repository when they are only attached, also after an attachment was replaced', async () => {
    const note = artifactOf('note', { artifactType: 'application/vnd.example.note', subject: image });
    const kindsFound = async (name: string): Promise<unknown[]> =>
      (await index.anonymous.get(`/api/v1/search?q=${name}`)).json.items.map(
        ({ kinds }: Record<string, unknown>) => kinds,
      );
    for (const [name, pushes, kinds] of [
      ['noted', { v1: image }, [['image']]],
      ['onlynoted', {}, []],
    ] as const) {
      await create(name, { ...pushes, [referrersTag]: referrersIndexOf(sbom) });
      // What a client does on a registry without a referrers API: the former index stays, without a tag.
      await user.push(`alice/${name}`, referrersIndexOf(sbom, note), referrersTag);
      await notify();
      await eventually(async () => assert.deepEqual(await kindsFound(name), kinds));
    }
  });

  it('are found by what the newest says of itself, below what the owner wrote', async () => {
    const labelled = (words: Record<string, string>): TestImage =>
      artifactOf(JSON.stringify(words), {
        configType: 'application/vnd.cncf.helm.config.v1+json',
        annotations: Object.fromEntries(
          Object.entries(words).map(([name, value]) => [`org.opencontainers.image.${name}`, value]),
        ),
      });
    const texts = {
      title: 'Okapi shop',
      description: 'Sells quaggas',
      vendor: 'Thylacine Ltd.',
      licenses: 'EUPL-1.2',
      source: 'https://git.example.org/numbat/tree',
      documentation: 'https://docs.example.org/bilby/start',
    };
    await create('labelled', { v1: labelled(texts) });
    for (const q of ['okapi', 'quaggas', 'thylacine', 'EUPL-1.2', 'numbat', 'bilby', 'git.example.org']) {
      await eventually(async () => assert.deepEqual(await found(q), ['alice/labelled'], q));
    }
    await create('described', { v1: image });
    const patched = await alice.patch('/api/v1/repositories/alice/described', {
      description: 'about quaggas',
    });
    assert.equal(patched.status, 200);
    await eventually(async () =>
      assert.deepEqual(await found('quaggas'), ['alice/described', 'alice/labelled']),
    );
    await user.push('alice/labelled', labelled({ title: 'Quoll' }), 'v2');
    await notify();
    await eventually(async () => assert.deepEqual(await found('quoll'), ['alice/labelled']));
    assert.deepEqual(await found('okapi'), []);
  });

  it('are listed by kind, statements about images included', async () => {
    assert.deepEqual(await names('image'), ['v1']);
    assert.deepEqual(await names('image', '?kind=signature'), [cosignTag]);
    const [listed] = await tags('image', '?kind=signature');
    assert.equal(listed!.refers_to, image.digest);
    assert.deepEqual(await names('multi', '?kind=index'), [referrersTag, 'v1']);
    assert.deepEqual(await names('image', '?kind=sbom'), []);
    assert.equal((await alice.get('/api/v1/repositories/alice/image/tags?kind=nothing')).status, 400);
  });

  it('shows what refers to an image, from tags, the referrers tag or the referrers API', async () => {
    assert.deepEqual(await referrers('image', 'v1'), [[signature.digest, 'signature', cosignTag]]);
    await create('sbom', { v1: image, [referrersTag]: referrersIndexOf(sbom) });
    assert.deepEqual(await referrers('sbom', 'v1'), [[sbom.digest, 'sbom', null]]);
    await create('attached', { v1: image });
    await user.push('alice/attached', sbom);
    assert.deepEqual(await referrers('attached', 'v1'), []);
    fake.hasReferrersApi = true;
    assert.deepEqual(await referrers('attached', 'v1'), [[sbom.digest, 'sbom', null]]);
    fake.hasReferrersApi = false;
    assert.equal((await alice.get('/api/v1/repositories/alice/attached/tags/v9/referrers')).status, 404);
  });

  it('shows them in pages, by digest', async () => {
    const attached = ['one', 'two', 'three'].map((name) =>
      artifactOf(name, { artifactType: 'application/spdx+json', subject: image }),
    );
    await create('paged', { v1: image, [referrersTag]: referrersIndexOf(...attached) });
    const path = '/api/v1/repositories/alice/paged/tags/v1/referrers';
    const found: string[] = [];
    for (let query = '?per_page=2'; ;) {
      const { status, json, headers } = await alice.get(`${path}${query}`);
      assert.equal(status, 200);
      found.push(...json.items.map(({ digest }: { digest: string }) => digest));
      assert.equal(json.next === null, headers.link === undefined);
      if (json.next === null) break;
      query = `?per_page=2&cursor=${json.next as string}`;
    }
    assert.deepEqual(found, attached.map(({ digest }) => digest).sort());
  });

  it('deletes what refers to an image on request, and lists it otherwise', async () => {
    const deleteTag = (name: string, query: string) =>
      alice.delete(`/api/v1/repositories/alice/${name}/tags/v1${query}`);
    const pushes = { v1: image, [cosignTag]: signature, [referrersTag]: referrersIndexOf(sbom) };
    await create('kept', pushes);
    const kept = await deleteTag('kept', '');
    assert.equal(kept.status, 200, kept.text);
    assert.deepEqual(
      kept.json.referrers.map(({ digest }: { digest: string }) => digest),
      [signature.digest, sbom.digest],
    );
    assert.equal(kept.json.referrers_deleted, false);
    assert.ok(fake.contents('alice/kept').digests.includes(signature.digest));
    await create('removed', pushes);
    assert.equal((await deleteTag('removed', '?referrers=true')).json.referrers_deleted, true);
    assert.deepEqual(fake.contents('alice/removed').tags, {});
    assert.deepEqual(fake.contents('alice/removed').digests, [image.digest]);
    assert.deepEqual(await names('removed', '?kind=signature'), []);
    await create('shared', { ...pushes, v2: image });
    assert.equal((await deleteTag('shared', '?referrers=true')).status, 204);
    assert.deepEqual(Object.keys(fake.contents('alice/shared').tags).sort(), [referrersTag, cosignTag, 'v2']);
    assert.equal((await deleteTag('shared', '?referrers=maybe')).status, 400);
  });

  it('has no size any more when a platform was deleted, by its event or by a full reconcile', async () => {
    const whole = indexOf(image, other);
    const sizes = async (name: string): Promise<unknown[]> => {
      const [tag] = await tags(name);
      return [tag!.size, ...(tag!.platforms as { size: unknown }[]).map(({ size }) => size)];
    };
    for (const name of ['reported', 'unreported']) {
      await create(name, { v1: whole });
      assert.deepEqual(await sizes(name), [sizeOf(whole), sizeOf(image), sizeOf(other)]);
      await user.delete(`alice/${name}`, other.digest);
      if (name === 'reported') await notify();
      else {
        fake.drainEvents();
        await index.app.get(ReconcilerService, { strict: false }).reconcile('main', { full: true });
      }
      assert.deepEqual(await sizes(name), [null, sizeOf(image), null], name);
    }
  });

  it('has no push time for a tag that was found by reconcile, and is older than reported pushes', async () => {
    await create('found', { v1: image });
    await user.push('alice/found', other, 'v2');
    const late = fake.drainEvents();
    await index.app.get(ReconcilerService, { strict: false }).reconcile('main', { full: true });
    const [v1, v2] = await tags('found');
    assert.ok(v1!.pushed_at !== null && v1!.found_at === null);
    assert.ok(v2!.pushed_at === null && v2!.found_at !== null);
    assert.equal((await repository('found')).pull_command, 'docker pull r.example.org/alice/found:v1');
    const history = await alice.get('/api/v1/repositories/alice/found/tags/v2/history');
    assert.equal(history.json.items[0].pushed_at, null);
    fake.events.push(...late);
    await notify();
    const [, reported] = await tags('found');
    assert.ok(reported!.pushed_at !== null && reported!.found_at === null);
  });

  it('of a repository that only reconcile has seen has no push time at all, and is found', async () => {
    await place('adopted');
    await user.push('alice/adopted', image, 'v1');
    fake.drainEvents();
    await index.app.get(ReconcilerService, { strict: false }).reconcile('main', { full: true });
    const { pushed_at: pushedAt, pull_command: command } = await repository('adopted');
    assert.deepEqual([pushedAt, command], [null, 'docker pull r.example.org/alice/adopted:v1']);
    await eventually(async () => assert.deepEqual(await found('adopted'), ['alice/adopted']));
  });
});
