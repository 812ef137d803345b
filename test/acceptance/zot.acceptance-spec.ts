import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, it } from '@jest/globals';
import { imageOf, indexOf } from '../support/images';
import { diagnostic } from '../support/jest';
import { readJson } from '../support/read-json';
import { RegistryUser } from '../support/registry-user';
import { alice, bob, olga, DockerFixture } from './support/docker-fixture';
import { describeWithReal } from './support/describe-with-real';
import { refused, run, succeeded } from './support/processes';
import { pathOf, registryProgram } from './support/programs';
import type { BlobRegistry } from './support/registry';
import { Traffic } from './support/traffic';
import { until } from './support/until';

interface Check {
  readonly name: string;
  readonly status: string;
  readonly detail: string;
}

describeWithReal('zot', [registryProgram('zot'), registryProgram('distribution3')], () => {
  let fixture: DockerFixture;
  let second: BlobRegistry;
  beforeAll(async () => {
    fixture = await DockerFixture.start('zot');
    second = await fixture.addRegistry('second', 'distribution3');
    const { stdout, stderr } = await run(pathOf(registryProgram('zot')), ['--version'], { env: {} });
    diagnostic(/"(?:commit|release)[^"]*":"[^"]*"/.exec(stdout + stderr)?.[0] ?? `${stdout}${stderr}`.trim());
  });
  afterAll(() => fixture?.stop());

  const command = (...args: string[]) => fixture.index.command(args, '', 120_000);
  const user = (registry: BlobRegistry, service: string): RegistryUser =>
    new RegistryUser(registry.url, alice.name, service, (path) =>
      fixture.api(alice).registryToken(service, `repository:${path}:pull,push,delete`),
    );
  const tagNames = async (name: string): Promise<string[]> =>
    (await fixture.api(alice).tags(name)).map((tag) => tag.name).sort();
  const hasTags = (name: string, ...tags: string[]): Promise<unknown> =>
    until(10_000, async () => (await tagNames(name)).join() === tags.join());
  /** Tags that zot itself lists. */
  const listed = async (path: string): Promise<string[]> => {
    const token = await fixture.api(alice).registryToken('main', `repository:${path}:pull`);
    const response = await fixture.registry.get(`/v2/${path}/tags/list`, token);
    return (await readJson<{ tags?: string[] | null }>(response)).tags ?? [];
  };
  const doctor = async (): Promise<{ healthy: boolean; failing: string[]; stdout: string }> => {
    const { stdout } = await command('registry', 'doctor', 'main', '--json');
    const { healthy, checks } = JSON.parse(stdout) as { healthy: boolean; checks: Check[] };
    const failing = checks.filter(({ status }) => status !== 'ok');
    return { healthy, failing: failing.map(({ name, status }) => `${name} ${status}`), stdout };
  };
  const parkedEvents = async (): Promise<unknown> =>
    (
      JSON.parse(succeeded(await command('registry', 'events', 'main', '--json')).stdout) as {
        parked: number;
      }
    ).parked;
  const [amd, arm] = [imageOf('amd'), imageOf('arm', { os: 'linux', architecture: 'arm64' })];
  const multi = indexOf(amd, arm);

  it('is healthy, empty and with images', async () => {
    const empty = await doctor();
    assert.deepEqual(empty.failing, ['tls warning', 'foreign-token warning', 'blobs unknown'], empty.stdout);
    await user(fixture.registry, 'main').push('alice/app', amd, 'v1');
    const { pushed_by: pusher } = await until(10_000, () => fixture.api().tag('alice/app', 'v1'));
    assert.equal(pusher, 'alice');
    const filled = await doctor();
    assert.deepEqual(filled.failing, ['tls warning', 'foreign-token warning'], filled.stdout);
    assert.ok(filled.healthy);
    const adopted = succeeded(await command('registry', 'adopt', 'main', '*/*', '--json')).stdout;
    assert.doesNotMatch(adopted, /central-index/);
  });

  it('keeps nothing of a deleted repository whose indexes list tagged images', async () => {
    const at = user(fixture.registry, 'main');
    await at.push('alice/multi', amd, 'amd64');
    await at.push('alice/multi', multi, 'v1');
    await at.push('alice/multi', indexOf(arm), 'nested');
    await hasTags('alice/multi', 'amd64', 'nested', 'v1');
    assert.equal((await fixture.api(alice).send('DELETE', '/api/v1/repositories/alice/multi')).status, 204);
    // What zot stores: a request for a token would revive the name.
    const layout = fixture.path('registry/blobs/alice/multi/index.json');
    await until(20_000, () =>
      Promise.resolve(
        ((JSON.parse(readFileSync(layout, 'utf8')) as { manifests?: object[] | null }).manifests ?? [])
          .length === 0,
      ),
    );
    await at.push('alice/multi', imageOf('new'), 'v2');
    await hasTags('alice/multi', 'v2');
    succeeded(await command('registry', 'reconcile', 'main', '--full'));
    assert.deepEqual(await tagNames('alice/multi'), ['v2']);
    for (const { digest } of [amd, arm, multi]) {
      const token = await fixture.api(alice).registryToken('main', 'repository:alice/multi:pull');
      const response = await fixture.registry.get(`/v2/alice/multi/manifests/${digest}`, token);
      assert.equal(response.status, 404, digest);
    }
  });

  it('gives no blob of a private repository to others, mounted or not', async () => {
    await fixture.api(alice).createRepository('alice', { name: 'secret', visibility: 'private' });
    const secret = imageOf('only alice may read this');
    await user(fixture.registry, 'main').push('alice/secret', secret, 'v1');
    const [, layer] = secret.blobs;
    const token = await fixture.api(bob).registryToken('main', 'repository:bob/thief:pull,push');
    const path = `/v2/bob/thief/blobs/${layer!.digest}`;
    assert.equal((await fixture.registry.get(path, token)).status, 404);
    const mounted = await fetch(
      `${fixture.registry.url}/v2/bob/thief/blobs/uploads/?mount=${layer!.digest}&from=alice/secret`,
      { method: 'POST', headers: { authorization: `Bearer ${token}` } },
    );
    assert.equal(mounted.status, 202);
    assert.equal((await fixture.registry.get(path, token)).status, 404);
  });

  it('moves repositories to Distribution and back, and parks none of the index’s own events', async () => {
    await user(fixture.registry, 'main').push('alice/moving', multi, 'v1');
    await hasTags('alice/moving', 'v1');
    const { digest } = (await fixture.api().tag('alice/moving', 'v1'))!;
    succeeded(await command('registry', 'move', 'alice/moving', 'second', '--delete-source'));
    assert.equal((await fixture.api().repository('alice/moving'))?.registry, 'second');
    await user(second, 'second').pull('alice/moving', digest);
    await until(30_000, async () => (await command('registry', 'move', 'alice/moving', 'main')).code === 0);
    await user(fixture.registry, 'main').pull('alice/moving', arm.digest);
    assert.equal((await fixture.api().tag('alice/moving', 'v1'))?.digest, digest);
    assert.equal(await parkedEvents(), 0);
  });

  it('deletes one tag and keeps the image with its other tag', async () => {
    const at = user(fixture.registry, 'main');
    for (const tag of ['v1', 'v2']) await at.push('alice/tagged', amd, tag);
    await hasTags('alice/tagged', 'v1', 'v2');
    const response = await fixture.api(alice).send('DELETE', '/api/v1/repositories/alice/tagged/tags/v1');
    assert.ok([200, 204].includes(response.status), String(response.status));
    await hasTags('alice/tagged', 'v2');
    assert.deepEqual(await listed('alice/tagged'), ['v2']);
  });

  it('has its repositories adopted after they lost their index', async () => {
    succeeded(await command('registry', 'remove', 'second', '--orphan'));
    const administrator = fixture.api(olga);
    const at = user(fixture.registry, 'main');
    await at.push('alice/lost', amd, 'v1');
    await hasTags('alice/lost', 'v1');
    succeeded(await command('registry', 'remove', 'main', '--orphan'));
    const file = fixture.path('index/again.json');
    const options = ['--url', fixture.registry.url, '--kind', 'zot', '--service', 'main', '--config', file];
    succeeded(await command('registry', 'add', 'main', ...options));
    await fixture.registry.stop();
    await fixture.registry.start(readFileSync(file, 'utf8'));
    succeeded(await command('registry', 'adopt', 'main', 'alice/*', '--visibility', 'public'));
    assert.equal((await administrator.tag('alice/lost', 'v1'))?.digest, amd.digest);
  });

  it('has its key replaced without a request that fails for long', async () => {
    const traffic = new Traffic(fixture.index.url, { url: fixture.registry.url, service: 'main' }, alice);
    await traffic.push('alice/keyed', 'v1');
    const file = fixture.path('index/again.json');
    const rotate = () => command('keys', 'rotate', '--registry', 'main', '--config', file);
    succeeded(await rotate());
    assert.match(refused(await rotate()), /does not trust its next certificate yet/);
    await traffic.push('alice/keyed', 'v2');
    await fixture.registry.restart();
    await until(3_000, async () => {
      const token = await traffic.token('alice/keyed', 'pull', true);
      return (await fixture.registry.get('/v2/', token)).status === 200;
    });
    await traffic.push('alice/keyed', 'v3');
    succeeded(await rotate());
    await traffic.push('alice/keyed', 'v4');
    assert.deepEqual(traffic.failures, []);
    assert.equal(traffic.keys.size, 2);
    await hasTags('alice/keyed', 'v1', 'v2', 'v3', 'v4');
  });

  it('shares blobs by default, on which the doctor fails', async () => {
    await user(fixture.registry, 'main').push('alice/secret', imageOf('still private'), 'v2');
    await until(10_000, () => fixture.api(alice).tag('alice/secret', 'v2'));
    const fragment = JSON.parse(readFileSync(fixture.path('index/again.json'), 'utf8')) as {
      storage?: object;
    };
    await fixture.registry.stop();
    await fixture.registry.start(JSON.stringify({ ...fragment, storage: {} }));
    const shared = imageOf('pushed while blobs are shared');
    await user(fixture.registry, 'main').push('alice/secret', shared, 'v3');
    await until(10_000, () => fixture.api(alice).tag('alice/secret', 'v3'));
    const { healthy, failing, stdout } = await doctor();
    assert.deepEqual([healthy, failing.includes('blobs failed')], [false, true], stdout);
  });
});

describeWithReal('a whole configuration for zot', [registryProgram('zot')], () => {
  it('is accepted by zot as it is', async () => {
    const fixture = await DockerFixture.start('zot');
    try {
      const file = fixture.path('index/whole.json');
      const options = ['--url', 'http://localhost:22999', '--kind', 'zot', '--full-config', '--config', file];
      succeeded(await fixture.index.command(['registry', 'add', 'whole', ...options]));
      succeeded(await run(pathOf(registryProgram('zot')), ['verify', file], { env: {} }));
      const { http } = JSON.parse(readFileSync(file, 'utf8')) as { http: { port?: string } };
      assert.equal(http.port, '22999');
    } finally {
      await fixture.stop();
    }
  });
});
