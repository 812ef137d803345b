import assert from 'node:assert/strict';
import { afterAll, beforeAll, it } from '@jest/globals';
import type { ContainerTools } from './support/clients';
import { until } from './support/until';
import { writeOciLayout } from './support/oci-layout';
import { refused, succeeded } from './support/processes';
import { describeWithReal } from './support/describe-with-real';
import { craneProgram, dockerdProgram, registryProgram } from './support/programs';
import type { BlobRegistry } from './support/registry';
import { alice, DockerFixture } from './support/docker-fixture';

const programs = [craneProgram(), registryProgram('distribution2'), registryProgram('distribution3')];

describeWithReal('one index with two registries', programs, () => {
  let stage: DockerFixture;
  let second: BlobRegistry;
  let owner: ContainerTools;
  let folder: string;

  beforeAll(async () => {
    stage = await DockerFixture.start('distribution2');
    second = await stage.addRegistry('second', 'distribution3');
    owner = stage.tools('alice');
    for (const { host } of [stage.registry, second]) {
      succeeded(await owner.craneLogin(host, alice.name, alice.password));
    }
    folder = stage.path('layout');
    writeOciLayout(folder, 'latest');
  });
  afterAll(() => stage?.stop());

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

  it('tells the exact command to pull, which works', async () => {
    succeeded(await owner.crane('push', folder, `${second.host}/alice/pulled:v3`));
    const { pull_command: command } = await until(5_000, () => stage.api().repository('alice/pulled'));
    assert.equal(command, `docker pull ${second.host}/alice/pulled:v3`);
    succeeded(await owner.crane('manifest', command.replace('docker pull ', '')));
  });

  it('moves a repository: from then on it is pulled and pushed at the other one only', async () => {
    const [old, moved] = [`${stage.registry.host}/alice/moving`, `${second.host}/alice/moving`];
    succeeded(await owner.crane('push', folder, `${old}:v1`));
    await until(5_000, () => stage.api().repository('alice/moving'));
    succeeded(await stage.index.command(['registry', 'move', 'alice/moving', 'second']));
    const { digest } = await until(5_000, () => stage.api().tag('alice/moving', 'v1'));
    assert.equal(succeeded(await owner.crane('digest', `${moved}:v1`)).stdout.trim(), digest);
    succeeded(await owner.crane('push', folder, `${moved}:v2`));
    refused(await owner.crane('push', folder, `${old}:v3`));
  });

  for (const name of ['main', 'second']) {
    it(`is told by the doctor that ${name} is well, reports included`, async () => {
      const { stdout } = succeeded(await stage.index.command(['registry', 'doctor', name, '--json']));
      const { healthy, checks } = JSON.parse(stdout) as {
        healthy: boolean;
        checks: { name: string; verdict: string; detail: string }[];
      };
      const bad = checks.filter(({ verdict }) => verdict !== 'ok');
      assert.deepEqual(
        bad.map(({ name: check, verdict }) => `${check} ${verdict}`),
        ['tls warning'],
        stdout,
      );
      assert.ok(healthy);
    });
  }

  it('is told by the doctor, and by the exit code, that a registry is down', async () => {
    await second.kill();
    const told = refused(await stage.index.command(['registry', 'doctor', 'second']));
    assert.match(told, /FAILED +reachable .*ECONNREFUSED/);
    assert.match(told, /-> start the registry/);
    const reconciled = refused(await stage.index.command(['registry', 'reconcile', 'second']));
    assert.match(reconciled, /cannot be reached/);
    await second.startWithSameConfig();
    succeeded(await stage.index.command(['registry', 'reconcile', 'second']));
  });
});

describeWithReal('a second registry, to docker', [...programs, dockerdProgram()], () => {
  let stage: DockerFixture;
  beforeAll(async () => {
    stage = await DockerFixture.start('distribution2');
  });
  afterAll(() => stage?.stop());

  it('refuses the push of a repository that lies elsewhere, and docker prints where', async () => {
    const second = await stage.addRegistry('second', 'distribution3');
    const engine = await stage.docker();
    const owner = engine.createUser('alice');
    for (const { host } of [stage.registry, second]) {
      succeeded(await owner.login(host, alice.name, alice.password));
    }
    const [here, there] = [`${stage.registry.host}/alice/app:v1`, `${second.host}/alice/app:v1`];
    await engine.build(here);
    succeeded(await owner.push(here));
    succeeded(await owner.docker('tag', here, there));
    const told = refused(await owner.push(there));
    assert.ok(told.includes(`push it to ${stage.registry.host}/alice/app`), told);
  });
});
