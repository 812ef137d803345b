import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import type { ContainerTools } from './support/clients';
import { until } from './support/until';
import { writeOciLayout } from './support/oci-layout';
import { refused, succeeded } from './support/processes';
import { craneProgram, describeWithReal, registryProgram } from './support/programs';
import type { BlobRegistry } from './support/registry';
import { alice, Stage } from './support/stage';

const programs = [craneProgram(), registryProgram('distribution2'), registryProgram('distribution3')];

describeWithReal('one index with two registries', programs, () => {
  let stage: Stage;
  let second: BlobRegistry;
  let owner: ContainerTools;
  let folder: string;

  before(async () => {
    stage = await Stage.set('distribution2');
    second = await stage.addRegistry('second', 'distribution3');
    owner = stage.tools('alice');
    for (const { host } of [stage.registry, second]) {
      succeeded(await owner.craneLogin(host, alice.name, alice.password));
    }
    folder = stage.path('layout');
    writeOciLayout(folder, 'latest');
  });
  after(() => stage?.strike());

  it('knows on which of them each repository lies', async () => {
    succeeded(await owner.crane('push', folder, `${stage.registry.host}/alice/here:v1`));
    succeeded(await owner.crane('push', folder, `${second.host}/alice/there:v1`));
    for (const [name, registry] of [
      ['alice/here', 'main'],
      ['alice/there', 'second'],
    ] as const) {
      const seen = await until(5_000, () => stage.api().repository(name));
      assert.equal(seen.registry, registry);
    }
  });

  it('refuses a push to the other one, saying where the repository lies', async () => {
    succeeded(await owner.crane('push', folder, `${stage.registry.host}/alice/settled:v1`));
    const told = refused(await owner.crane('push', folder, `${second.host}/alice/settled:v2`));
    assert.match(told, new RegExp(`${stage.registry.host}|\\bmain\\b`));
    assert.deepEqual(
      (
        await until(5_000, async () => {
          const tags = await stage.api().tags('alice/settled');
          return tags.length > 0 && tags;
        })
      ).map(({ name }) => name),
      ['v1'],
    );
  });

  it("gives no token that opens one registry's repository on the other", async () => {
    succeeded(await owner.crane('push', folder, `${stage.registry.host}/alice/guarded:v1`));
    const mine = await stage.api(alice).registryToken('main', 'repository:alice/guarded:pull,push');
    assert.equal((await stage.registry.get('/v2/alice/guarded/tags/list', mine)).status, 200);
    assert.equal((await second.get('/v2/alice/guarded/tags/list', mine)).status, 401);
    const other = await stage.api().registryToken('second', 'repository:alice/guarded:pull');
    assert.equal((await second.get('/v2/alice/guarded/tags/list', other)).status, 401);
  });
});
