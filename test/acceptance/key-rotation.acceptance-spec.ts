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
  describeWithReal(`replacing signing keys with ${generation}`, [registryProgram(generation)], () => {
    let stage: DockerFixture;
    beforeAll(async () => {
      stage = await DockerFixture.start(generation);
    });
    afterAll(() => stage?.stop());

    it('fails no pull and no push, and ends with the old key in no process', async () => {
      const { requests, failures, keys, late } = await rotateUnderLoad(stage, {
        requests: 300,
        rotations: 2,
      });
      assert.deepEqual(failures, []);
      assert.ok(requests >= 300);
      assert.equal(keys, 3);
      assert.equal(late, 0);
    });

    it('replaces the authority once the registry trusts the next one, and not before', async () => {
      const traffic = new Traffic(stage.index.url, { url: stage.registry.url, service: 'main' }, alice);
      await traffic.push('alice/app', 'v1');
      succeeded(await stage.index.command(['keys', 'rotate', '--ca']));
      assert.match(refused(await stage.index.command(['keys', 'rotate', '--ca'])), /not trusted yet by main/);
      await traffic.pull('alice/app', 'v1');
      const bundle = succeeded(await stage.index.command(['keys', 'export'])).stdout;
      assert.equal(bundle.match(/BEGIN CERTIFICATE/g)?.length, 2);
      writeFileSync(stage.path('index/main.part.yml.ca.pem'), bundle);
      await stage.registry.restart();
      const old = await traffic.token('alice/app', 'pull');
      succeeded(await stage.index.command(['keys', 'rotate', '--ca']));
      await traffic.pull('alice/app', 'v1', old);
      await traffic.pull('alice/app', 'v1');
      await traffic.push('alice/app', 'v2');
      assert.deepEqual(traffic.failures, []);
    });

    it('signs RS256 for a registry that asks for it', async () => {
      const registry = await stage.addRegistry('elder', generation, ['--algorithm', 'RS256']);
      const traffic = new Traffic(stage.index.url, { url: registry.url, service: 'elder' }, alice);
      await traffic.push('alice/elder', 'v1');
      await traffic.pull('alice/elder', 'v1');
      assert.deepEqual(traffic.failures, []);
    });
  });
}
