import assert from 'node:assert/strict';
import { afterAll, afterEach, beforeAll, describe, it } from '@jest/globals';
import { RegistryClient, type Registry } from '@central-index/registries';
import { FakeRegistry } from '../../../../test/support/fake-registry';
import { imageOf } from '../../../../test/support/images';
import { PlainTokens } from '../../../../test/support/plain-tokens';
import { ImageReader } from './image-reader';

describe('the configuration of an image', () => {
  let fake: FakeRegistry;
  let registry: Registry;
  let requests: string[] = [];
  const images = new ImageReader(new RegistryClient(new PlainTokens()));
  const architecture = async (path: string, tag: string): Promise<string | undefined> =>
    (await images.read(registry, path, tag))?.platforms[0]?.architecture;
  const tags = Array.from({ length: 20 }, (_, n) => `v${n}`);

  beforeAll(async () => {
    fake = await FakeRegistry.start({ service: 'main' });
    registry = { id: '1', name: 'main', url: fake.url, service: 'main', kind: 'distribution2' } as Registry;
  });
  afterEach(() => {
    fake.fault = () => undefined;
    requests = [];
  });
  afterAll(() => fake.stop());
  const count = (fault: (path: string) => 404 | 500 | undefined = () => undefined): void => {
    fake.fault = (path) => {
      if (!path.includes('/blobs/')) return undefined;
      requests.push(path);
      return fault(path);
    };
  };

  it('is requested once for all its tags, and each manifest is still requested', async () => {
    fake.fill('alice/many', imageOf('many'), tags);
    count();
    const read = await Promise.all(tags.map((tag) => architecture('alice/many', tag)));
    assert.deepEqual(new Set(read), new Set(['amd64']));
    assert.equal(await architecture('alice/many', 'v0'), 'amd64');
    assert.equal(requests.length, 1);
    assert.equal(await images.read(registry, 'alice/many', 'absent'), undefined);
  });

  it('is requested again for another image, and in another repository', async () => {
    fake.fill('alice/other', imageOf('many'), ['v1']);
    fake.fill('alice/many', imageOf('arm', { os: 'linux', architecture: 'arm64' }), ['v0']);
    count();
    assert.equal(await architecture('alice/other', 'v1'), 'amd64');
    assert.equal(await architecture('alice/many', 'v0'), 'arm64');
    assert.equal(requests.length, 2);
  });

  it('is requested again after an error', async () => {
    fake.fill('alice/failing', imageOf('failing'), ['v1']);
    count(() => 500);
    await assert.rejects(architecture('alice/failing', 'v1'), { code: 'REGISTRY_ERROR' });
    count();
    assert.equal(await architecture('alice/failing', 'v1'), 'amd64');
  });
});
