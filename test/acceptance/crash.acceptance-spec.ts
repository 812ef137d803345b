import assert from 'node:assert/strict';
import { afterAll, beforeAll, it } from '@jest/globals';
import type { ContainerTools } from './support/clients';
import { until } from './support/until';
import { writeOciLayout } from './support/oci-layout';
import { succeeded } from './support/processes';
import { describeWithReal } from './support/describe-with-real';
import { craneProgram, generations, registryProgram } from './support/programs';
import { alice, bob, DockerFixture } from './support/docker-fixture';

/** Pushes under way at the same time, and how many must be acknowledged before each kill. */
const pushers = 3;
const beforeEachKill = 4;
const kills = 3;

for (const generation of generations) {
  describeWithReal(`kill -9 with ${generation}`, [craneProgram(), registryProgram(generation)], () => {
    let stage: DockerFixture;
    let owner: ContainerTools;

    beforeAll(async () => {
      stage = await DockerFixture.start(generation);
      owner = stage.tools('alice');
      succeeded(await owner.craneLogin(stage.registry.host, alice.name, alice.password));
    });
    afterAll(() => stage?.stop());

    it('loses nothing that was acknowledged, and old tokens still open the registry', async () => {
      const acknowledged = { tags: new Map<string, string>(), repositories: new Set<string>() };
      const first = stage.path('first');
      writeOciLayout(first, 'latest');
      succeeded(await owner.crane('push', first, `${stage.registry.host}/alice/steady:first`));
      await until(5_000, () => stage.api().repository('alice/steady'));
      const oldToken = await stage.api(alice).registryToken('main', 'repository:alice/steady:pull');

      let going = true;
      const pushing = Array.from({ length: pushers }, async (_, lane) => {
        for (let turn = 0; going; turn += 1) {
          const tag = `lane${lane}-${turn}`;
          const folder = stage.path(tag);
          const digest = writeOciLayout(folder, 'latest', 200_000);
          const { code } = await owner.crane('push', folder, `${stage.registry.host}/alice/steady:${tag}`);
          if (code === 0) acknowledged.tags.set(tag, digest);
          else await until(60_000, async () => (await fetch(`${stage.index.url}/readyz`)).ok);
        }
      });
      const creating = (async () => {
        for (let turn = 0; going && turn < 15; turn += 1) {
          const name = `bob/made-${turn}`;
          const made = stage.api(bob).createRepository('bob', { name: `made-${turn}` });
          await made.then(() => acknowledged.repositories.add(name)).catch(() => undefined);
        }
      })();

      try {
        for (let kill = 1; kill <= kills; kill += 1) {
          const enough = acknowledged.tags.size + beforeEachKill;
          await until(60_000, async () => acknowledged.tags.size >= enough);
          await stage.index.kill();
          await stage.index.start();
        }
      } finally {
        going = false;
      }
      await Promise.all([...pushing, creating]);

      await until(30_000, async () => {
        const kept = new Map(
          (await stage.api().tags('alice/steady')).map(({ name, digest }) => [name, digest]),
        );
        const lost = [...acknowledged.tags].filter(([tag, digest]) => kept.get(tag) !== digest);
        assert.deepEqual(lost, [], 'pushes that were acknowledged and that the index does not know');
        return true;
      });
      for (const name of acknowledged.repositories) {
        assert.ok(await stage.api(bob).repository(name), `${name} was acknowledged`);
      }
      assert.ok(acknowledged.tags.size >= kills * beforeEachKill);

      const response = await stage.registry.get('/v2/alice/steady/tags/list', oldToken);
      assert.equal(response.status, 200, 'a token from before the kills');
      const newToken = await stage.api(alice).registryToken('main', 'repository:alice/steady:pull');
      assert.equal((await stage.registry.get('/v2/alice/steady/tags/list', newToken)).status, 200);
    });
  });
}
