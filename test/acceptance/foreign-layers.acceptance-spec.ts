import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, it } from '@jest/globals';
import { content, imageOf, type Content, type TestImage } from '../support/images';
import { readJson } from '../support/read-json';
import { RegistryUser } from '../support/registry-user';
import { describeWithReal } from './support/describe-with-real';
import { alice, DockerFixture } from './support/docker-fixture';
import { refused, succeeded } from './support/processes';
import { registryProgram } from './support/programs';
import type { BlobRegistry } from './support/registry';
import { until } from './support/until';

const docker = 'application/vnd.docker';
const allowUrls = "validation: { manifests: { urls: { allow: ['^https://example[.]org/'] } } }\n";

/** An image of docker with a layer of its own, and one that clients download from elsewhere; its blob is the last one. */
function windowsImage(text: string): TestImage & { readonly foreign: Content } {
  const config = content(
    `${docker}.container.image.v1+json`,
    JSON.stringify({ os: 'windows', architecture: 'amd64', rootfs: { type: 'layers', diff_ids: [text] } }),
  );
  const own = content(`${docker}.image.rootfs.diff.tar.gzip`, `own ${text}`);
  const foreign = content(`${docker}.image.rootfs.foreign.diff.tar.gzip`, `foreign ${text}`);
  const descriptor = ({ mediaType, digest, body }: Content): object => {
    return { mediaType, digest, size: body.length };
  };
  const manifest = {
    schemaVersion: 2,
    mediaType: `${docker}.distribution.manifest.v2+json`,
    config: descriptor(config),
    layers: [{ ...descriptor(foreign), urls: [`https://example.org/${text}.tar.gz`] }, descriptor(own)],
  };
  // The foreign layer is never uploaded, as docker does not.
  return {
    ...content(manifest.mediaType, JSON.stringify(manifest)),
    blobs: [config, own],
    children: [],
    foreign,
  };
}

const programs = [registryProgram('distribution2'), registryProgram('distribution3')];

describeWithReal('moves of images with layers from elsewhere', programs, () => {
  let fixture: DockerFixture;
  let second: BlobRegistry;
  const part = (name: string): string => readFileSync(fixture.path(`index/${name}.part.yml`), 'utf8');
  const restart = async (registry: BlobRegistry, fragment: string): Promise<void> => {
    await registry.stop();
    await registry.start(fragment);
  };
  const push = async (name: string, image: TestImage, tag: string): Promise<void> => {
    const user = new RegistryUser(fixture.registry.url, alice.name, 'main', (path) =>
      fixture.api(alice).registryToken('main', `repository:${path}:pull,push`),
    );
    await user.push(name, image, tag);
    await until(10_000, () => fixture.api().tag(name, tag));
  };
  const move = (name: string) => fixture.index.command(['registry', 'move', name, 'second'], '', 120_000);
  const registryOf = async (name: string): Promise<string | undefined> =>
    (await fixture.api().repository(name))?.registry;
  const manifestAt = async (registry: BlobRegistry, service: string, path: string, tag: string) => {
    const token = await fixture.api(alice).registryToken(service, `repository:${path}:pull`);
    return registry.get(`/v2/${path}/manifests/${tag}`, token, `${docker}.distribution.manifest.v2+json`);
  };

  beforeAll(async () => {
    fixture = await DockerFixture.start('distribution2');
    second = await fixture.addRegistry('second', 'distribution3');
    await restart(fixture.registry, part('main') + allowUrls);
  });
  afterAll(() => fixture?.stop());

  it('name the image that the target does not take, and copy the rest', async () => {
    const windows = windowsImage('nano');
    await push('alice/mixed', windows, 'windows');
    await push('alice/mixed', imageOf('mixed'), 'linux');
    const message = refused(await move('alice/mixed'));
    assert.ok(message.includes(windows.digest), message);
    assert.ok(message.includes('alice/mixed:windows'), message);
    assert.ok(!message.includes('alice/mixed:linux'), message);
    assert.equal(await registryOf('alice/mixed'), 'main');
    const tags = fixture.path('second/blobs/docker/registry/v2/repositories/alice/mixed/_manifests/tags');
    assert.deepEqual(
      ['linux', 'windows'].map((tag) => existsSync(join(tags, tag))),
      [true, false],
    );
  });

  it('skip the layer that the source does not have, once the target allows its URL', async () => {
    await restart(second, part('second') + allowUrls);
    succeeded(await move('alice/mixed'));
    assert.equal(await registryOf('alice/mixed'), 'second');
    const windows = windowsImage('nano');
    const moved = await manifestAt(second, 'second', 'alice/mixed', 'windows');
    assert.equal(moved.status, 200);
    const { layers } = await readJson<{ layers: { digest: string; urls?: string[] }[] }>(moved);
    assert.deepEqual(layers[0]!.urls, ['https://example.org/nano.tar.gz']);
    assert.equal((await fixture.api().tag('alice/mixed', 'windows'))?.digest, windows.digest);
    const token = await fixture.api(alice).registryToken('second', 'repository:alice/mixed:pull');
    const blob = (digest: string) => second.get(`/v2/alice/mixed/blobs/${digest}`, token);
    assert.equal((await blob(windows.foreign.digest)).status, 404, 'it is where it was');
    assert.equal((await blob(windows.blobs[1]!.digest)).status, 200);
  });

  it('name the layer that the source has lost, and every tag that needs it', async () => {
    const image = imageOf('lost');
    await push('alice/holed', image, 'v1');
    await push('alice/holed', image, 'v2');
    await push('alice/holed', imageOf('whole'), 'v3');
    const layer = image.blobs[1]!.digest.slice('sha256:'.length);
    const blobs = fixture.path('registry/blobs/docker/registry/v2/blobs/sha256');
    rmSync(join(blobs, layer.slice(0, 2), layer), { recursive: true });
    const message = refused(await move('alice/holed'));
    for (const text of [`sha256:${layer}`, 'alice/holed:v1', 'alice/holed:v2']) {
      assert.ok(message.includes(text), message);
    }
    assert.ok(!message.includes('alice/holed:v3'), message);
    assert.equal(await registryOf('alice/holed'), 'main');
  });
});
