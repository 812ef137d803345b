import assert from 'node:assert/strict';
import { afterAll, beforeAll, it } from '@jest/globals';
import { Actor } from '../support/client';
import { chainOf, imageId, OldDocker } from '../support/old-docker';
import { V1Registry } from '../support/v1-registry';
import { describeWithReal } from './support/describe-with-real';
import type { DockerDaemon, DockerUser } from './support/docker-daemon';
import { alice, DockerFixture } from './support/docker-fixture';
import { succeeded } from './support/processes';
import { dockerdProgram, podmanProgram, registryProgram } from './support/programs';
import { until } from './support/until';

const programs = [dockerdProgram(), podmanProgram(), registryProgram('distribution2')];

describeWithReal('docker and podman of today beside a v1 registry', programs, () => {
  let fixture: DockerFixture;
  let registry: V1Registry;
  let engine: DockerDaemon;
  let today: DockerUser;

  beforeAll(async () => {
    fixture = await DockerFixture.start('distribution2');
    registry = await V1Registry.start(() => fixture.index.url);
    const options = ['--kind', 'v1', '--url', registry.url];
    succeeded(await fixture.index.command(['registry', 'add', 'classic', ...options]));
    engine = await fixture.docker();
    today = engine.createUser('today');
    succeeded(await today.login(fixture.registry.host, alice.name, alice.password));
    const old = new OldDocker(new Actor(fixture.index.url).basic(alice.name, alice.password));
    await old.push('alice/relic-old', chainOf(['relic'], 'latest'));
    const image = `${fixture.registry.host}/alice/relic-new:v1`;
    await engine.build(image);
    succeeded(await today.push(image));
  });
  afterAll(async () => {
    await registry?.stop();
    await fixture?.stop();
  });

  it('find what either pushed, at one host', async () => {
    const expected = ['alice/relic-new', 'alice/relic-old'];
    // Each process of the index may answer what it found a quarter of a second before.
    await until(10_000, async () => {
      const rows = await today.search(`${fixture.index.host}/relic`);
      const search = ['search', '--format', '{{.Name}}', `${fixture.index.host}/relic`];
      const { stdout } = succeeded(await fixture.tools('today').podman(search));
      const names = stdout
        .trim()
        .split('\n')
        .map((name) => name.replace(/^[^/]*\//, ''));
      const found = [rows.map(({ name }) => name), names].map((list) => list.sort().join());
      return found.every((list) => list === expected.join());
    });
  });

  it('pull each with its own client', async () => {
    const old = new OldDocker(new Actor(fixture.index.url));
    assert.deepEqual(await old.pull('alice/relic-old'), { latest: imageId('relic') });
    succeeded(
      await engine.createUser('anyone').docker('pull', `${fixture.registry.host}/alice/relic-new:v1`),
    );
  });

  it('have a registry that passes the doctor only while it asks the index', async () => {
    // A warning about plain http is no failure.
    const { stdout } = succeeded(await fixture.index.command(['registry', 'doctor', 'classic', '--json']));
    assert.doesNotMatch(stdout, /"failed"/);
    registry.isStandalone = true;
    const { code } = await fixture.index.command(['registry', 'doctor', 'classic']);
    assert.notEqual(code, 0);
  });
});
