import assert from 'node:assert/strict';
import { afterAll, beforeAll, it } from '@jest/globals';
import { imageOf } from '../support/images';
import { RegistryUser } from '../support/registry-user';
import { describeWithReal } from './support/describe-with-real';
import { alice, DockerFixture } from './support/docker-fixture';
import { registryKinds, registryProgram } from './support/programs';
import { until } from './support/until';

const tagCount = 200;
// An idle machine needs less than a second; the output says how long this one took.
const limitMs = 30_000;

for (const kind of registryKinds) {
  describeWithReal(`parallel pushes to ${kind}`, [registryProgram(kind)], () => {
    let fixture: DockerFixture;
    beforeAll(async () => {
      fixture = await DockerFixture.start(kind);
    });
    afterAll(() => fixture?.stop());

    it(`of ${tagCount} tags are known within ${limitMs / 1000} s of the last one`, async () => {
      const token = await fixture.api(alice).registryToken('main', 'repository:alice/many:pull,push');
      const user = new RegistryUser(fixture.registry.url, 'alice', 'main', () => token);
      const image = imageOf('many');
      await user.push('alice/many', image);
      const tags = Array.from({ length: tagCount }, (_, n) => `v${n}`);
      const pushing = performance.now();
      await Promise.all(tags.map((tag) => user.push('alice/many', { ...image, blobs: [] }, tag)));
      const pushed = performance.now();
      await until(60_000, async () => (await fixture.api().repository('alice/many'))?.tags === tagCount);
      const knownMs = Math.round(performance.now() - pushed);
      process.stdout.write(
        `${kind}: ${tagCount} tags pushed in ${Math.round(pushed - pushing)} ms, known ${knownMs} ms after the last\n`,
      );
      assert.ok(knownMs < limitMs, `${knownMs} ms`);
    });
  });
}
