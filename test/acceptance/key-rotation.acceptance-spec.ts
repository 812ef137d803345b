import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, it } from '@jest/globals';
import { rotateUnderLoad } from '../../chaos/key-rotation';
import { refused, succeeded } from './support/processes';
import { describeWithReal } from './support/describe-with-real';
import { generations, registryProgram } from './support/programs';
import { alice, DockerFixture } from './support/docker-fixture';
import { Traffic } from './support/traffic';

for (const generation of generations) {
  describeWithReal(`rotation of signing keys with ${generation}`, [registryProgram(generation)], () => {
    let fixture: DockerFixture;
    beforeAll(async () => {
      fixture = await DockerFixture.start(generation);
    });
    afterAll(() => fixture?.stop());

    it('pulls and pushes without failure, and removes the old key from every process', async () => {
      const { requests, failures, keys, late } = await rotateUnderLoad(fixture, {
        requests: 300,
        rotations: 2,
      });
      assert.deepEqual(failures, []);
      assert.ok(requests >= 300);
      assert.equal(keys, 3);
      assert.equal(late, 0);
    });

    it('replaces the authority only once the registry trusts the next one', async () => {
      const traffic = new Traffic(fixture.index.url, { url: fixture.registry.url, service: 'main' }, alice);
      await traffic.push('alice/app', 'v1');
      succeeded(await fixture.index.command(['keys', 'rotate', '--ca']));
      assert.match(
        refused(await fixture.index.command(['keys', 'rotate', '--ca'])),
        /not trusted yet by main/,
      );
      await traffic.pull('alice/app', 'v1');
      const bundle = succeeded(await fixture.index.command(['keys', 'export'])).stdout;
      assert.equal(bundle.match(/BEGIN CERTIFICATE/g)?.length, 2);
      writeFileSync(fixture.path('index/main.part.yml.ca.pem'), bundle);
      await fixture.registry.restart();
      const old = await traffic.token('alice/app', 'pull');
      succeeded(await fixture.index.command(['keys', 'rotate', '--ca']));
      await traffic.pull('alice/app', 'v1', old);
      await traffic.pull('alice/app', 'v1');
      await traffic.push('alice/app', 'v2');
      assert.deepEqual(traffic.failures, []);
    });

    it('signs RS256 for a registry that requires it', async () => {
      const registry = await fixture.addRegistry('elder', generation, ['--algorithm', 'RS256']);
      const traffic = new Traffic(fixture.index.url, { url: registry.url, service: 'elder' }, alice);
      await traffic.push('alice/elder', 'v1');
      await traffic.pull('alice/elder', 'v1');
      assert.deepEqual(traffic.failures, []);
    });
  });
}
