import assert from 'node:assert/strict';
import { afterAll, beforeAll, it } from '@jest/globals';
import type { ContainerTools } from './support/clients';
import { until } from './support/until';
import { writeOciLayout } from './support/oci-layout';
import { succeeded } from './support/processes';
import { describeWithReal } from './support/describe-with-real';
import { craneProgram, generations, registryProgram } from './support/programs';
import { alice, bob, DockerFixture } from './support/docker-fixture';

/** The number of concurrent pushes, and of those that must be acknowledged before each kill. */
const pushers = 3;
const beforeEachKill = 4;
const kills = 3;

for (const generation of generations) {
  describeWithReal(`kill -9 with ${generation}`, [craneProgram(), registryProgram(generation)], () => {
    let fixture: DockerFixture;
    let owner: ContainerTools;

    beforeAll(async () => {
      fixture = await DockerFixture.start(generation);
      owner = fixture.tools('alice');
      succeeded(await owner.craneLogin(fixture.registry.host, alice.name, alice.password));
    });
    afterAll(() => fixture?.stop());

    it('loses nothing that was acknowledged, and earlier tokens remain valid', async () => {
      const acknowledged = { tags: new Map<string, string>(), repositories: new Set<string>() };
      const first = fixture.path('first');
      writeOciLayout(first, 'latest');
      succeeded(await owner.crane('push', first, `${fixture.registry.host}/alice/steady:first`));
      await until(5_000, () => fixture.api().repository('alice/steady'));
      const oldToken = await fixture.api(alice).registryToken('main', 'repository:alice/steady:pull');

      let isRunning = true;
      const pushing = Array.from({ length: pushers }, async (_, pusher) => {
        for (let round = 0; isRunning; round += 1) {
          const tag = `lane${pusher}-${round}`;
          const folder = fixture.path(tag);
          const digest = writeOciLayout(folder, 'latest', 200_000);
          const { code } = await owner.crane('push', folder, `${fixture.registry.host}/alice/steady:${tag}`);
          if (code === 0) acknowledged.tags.set(tag, digest);
          else await until(60_000, async () => (await fetch(`${fixture.index.url}/readyz`)).ok);
        }
      });
      const creating = (async () => {
        for (let round = 0; isRunning && round < 15; round += 1) {
          const name = `bob/made-${round}`;
          const creation = fixture.api(bob).createRepository('bob', { name: `made-${round}` });
          await creation.then(() => acknowledged.repositories.add(name)).catch(() => undefined);
        }
      })();

      try {
        for (let kill = 1; kill <= kills; kill += 1) {
          const enough = acknowledged.tags.size + beforeEachKill;
          await until(60_000, async () => acknowledged.tags.size >= enough);
          await fixture.index.kill();
          await fixture.index.start();
        }
      } finally {
        isRunning = false;
      }
      await Promise.all([...pushing, creating]);

      await until(30_000, async () => {
        const stored = new Map(
          (await fixture.api().tags('alice/steady')).map(({ name, digest }) => [name, digest]),
        );
        const lost = [...acknowledged.tags].filter(([tag, digest]) => stored.get(tag) !== digest);
        assert.deepEqual(lost, [], 'pushes that were acknowledged and that the index does not know');
        return true;
      });
      for (const name of acknowledged.repositories) {
        assert.ok(await fixture.api(bob).repository(name), `${name} was acknowledged`);
      }
      assert.ok(acknowledged.tags.size >= kills * beforeEachKill);

      const response = await fixture.registry.get('/v2/alice/steady/tags/list', oldToken);
      assert.equal(response.status, 200, 'a token from before the kills');
      const newToken = await fixture.api(alice).registryToken('main', 'repository:alice/steady:pull');
      assert.equal((await fixture.registry.get('/v2/alice/steady/tags/list', newToken)).status, 200);
    });
  });
}
