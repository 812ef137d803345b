import assert from 'node:assert/strict';
import { afterAll, beforeAll, it } from '@jest/globals';
import type { ContainerTools } from './support/clients';
import { describeWithReal } from './support/describe-with-real';
import { alice, DockerFixture } from './support/docker-fixture';
import { writeOciLayout } from './support/oci-layout';
import { refused, succeeded } from './support/processes';
import {
  craneProgram,
  dockerdProgram,
  podmanProgram,
  registryProgram,
  skopeoProgram,
} from './support/programs';
import { until } from './support/until';

const programs = [craneProgram(), podmanProgram(), skopeoProgram(), registryProgram('distribution2')];

/** People pull what a search printed: the name of the index before that of the repository. */
describeWithReal('a pull from the index itself', programs, () => {
  let fixture: DockerFixture;
  let anonymous: ContainerTools;
  let owner: ContainerTools;
  let folder: string;
  let place: string;
  beforeAll(async () => {
    fixture = await DockerFixture.start('distribution2');
    [anonymous, owner] = [fixture.tools('anonymous'), fixture.tools('alice')];
    for (const host of [fixture.registry.host, fixture.index.host]) {
      succeeded(await owner.craneLogin(host, alice.name, alice.password));
      succeeded(await owner.podmanLogin(host, alice.name, alice.password));
    }
    folder = fixture.path('layout');
    writeOciLayout(folder, 'v1');
    place = `it lies at ${fixture.registry.host}/alice`;
    await fixture.api(alice).createRepository('alice', { name: 'secret', visibility: 'private' });
    for (const name of ['web', 'secret']) {
      succeeded(await owner.crane('push', folder, `${fixture.registry.host}/alice/${name}:v1`));
      await until(5_000, () => fixture.api(alice).tag(`alice/${name}`, 'v1'));
    }
  });
  afterAll(() => fixture?.stop());

  const at = (name: string): string => `${fixture.index.host}/alice/${name}:v1`;

  it('of what podman search printed prints with podman where it is', async () => {
    const found = succeeded(
      await anonymous.podman(['search', '--format', '{{.Name}}', `${fixture.index.host}/web`]),
    );
    const name = found.stdout.trim().split('\n')[0]!;
    assert.equal(name, `${fixture.index.host}/alice/web`);
    const message = refused(await anonymous.podman(['pull', `${name}:v1`]));
    assert.ok(message.includes(`${place}/web`), message);
  });

  it('prints with skopeo and crane where it is', async () => {
    for (const outcome of [
      await anonymous.skopeo('inspect', `docker://${at('web')}`),
      await anonymous.skopeoCopy(`docker://${at('web')}`, `dir:${fixture.path('copy')}`),
      await anonymous.crane('pull', at('web'), fixture.path('web.tar')),
      await anonymous.crane('manifest', at('web')),
      await anonymous.crane('ls', `${fixture.index.host}/alice/web`),
    ]) {
      const message = refused(outcome);
      assert.ok(message.includes(`${place}/web`), message);
    }
  });

  it('prints where a private repository is to its owner only', async () => {
    const pulls = (tools: ContainerTools) => [
      () => tools.podman(['pull', at('secret')]),
      () => tools.skopeo('inspect', `docker://${at('secret')}`),
      () => tools.crane('manifest', at('secret')),
    ];
    for (const pull of pulls(anonymous)) assert.doesNotMatch(refused(await pull()), /it lies at/);
    for (const pull of pulls(owner)) {
      const message = refused(await pull());
      assert.ok(message.includes(`${place}/secret`), message);
    }
  });

  it('of a push prints it, too', async () => {
    for (const outcome of [
      await owner.crane('push', folder, at('web')),
      await owner.skopeoCopy(`oci:${folder}:v1`, `docker://${at('web')}`),
    ]) {
      const message = refused(outcome);
      assert.ok(message.includes(`${place}/web`), message);
    }
  });
});

describeWithReal('docker', [...programs, dockerdProgram()], () => {
  let fixture: DockerFixture;
  beforeAll(async () => {
    fixture = await DockerFixture.start('distribution2');
  });
  afterAll(() => fixture?.stop());

  it('prints where an image is that is pulled from, or pushed to, the index itself', async () => {
    const engine = await fixture.docker();
    const owner = engine.createUser('alice');
    for (const host of [fixture.registry.host, fixture.index.host]) {
      succeeded(await owner.login(host, alice.name, alice.password));
    }
    const [there, here] = [`${fixture.registry.host}/alice/web:v1`, `${fixture.index.host}/alice/web:v1`];
    await engine.build(there);
    succeeded(await owner.push(there));
    succeeded(await owner.docker('tag', there, here));
    await until(5_000, () => fixture.api().tag('alice/web', 'v1'));
    const place = `it lies at ${fixture.registry.host}/alice/web`;
    for (const outcome of [
      await engine.createUser('anonymous').docker('pull', here),
      await owner.docker('pull', here),
      await owner.push(here),
    ]) {
      const message = refused(outcome);
      assert.ok(message.includes(place), message);
    }
  });
});
