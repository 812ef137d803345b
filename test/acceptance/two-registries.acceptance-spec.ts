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

describeWithReal('index with two registries', programs, () => {
  let fixture: DockerFixture;
  let second: BlobRegistry;
  let owner: ContainerTools;
  let folder: string;

  beforeAll(async () => {
    fixture = await DockerFixture.start('distribution2');
    second = await fixture.addRegistry('second', 'distribution3');
    owner = fixture.tools('alice');
    for (const { host } of [fixture.registry, second]) {
      succeeded(await owner.craneLogin(host, alice.name, alice.password));
    }
    folder = fixture.path('layout');
    writeOciLayout(folder, 'latest');
  });
  afterAll(() => fixture?.stop());

  it('reports the registry of each repository', async () => {
    succeeded(await owner.crane('push', folder, `${fixture.registry.host}/alice/here:v1`));
    succeeded(await owner.crane('push', folder, `${second.host}/alice/there:v1`));
    for (const [name, registry] of [
      ['alice/here', 'main'],
      ['alice/there', 'second'],
    ] as const) {
      const repository = await until(5_000, () => fixture.api().repository(name));
      assert.equal(repository.registry, registry);
    }
  });

  it('rejects a push to the other registry, and names the right one', async () => {
    succeeded(await owner.crane('push', folder, `${fixture.registry.host}/alice/settled:v1`));
    const message = refused(await owner.crane('push', folder, `${second.host}/alice/settled:v2`));
    assert.match(message, new RegExp(`${fixture.registry.host}|\\bmain\\b`));
    assert.deepEqual(
      (
        await until(5_000, async () => {
          const tags = await fixture.api().tags('alice/settled');
          return tags.length > 0 && tags;
        })
      ).map(({ name }) => name),
      ['v1'],
    );
  });

  it("issues no token that is valid for one registry's repository at the other", async () => {
    succeeded(await owner.crane('push', folder, `${fixture.registry.host}/alice/guarded:v1`));
    const mainToken = await fixture.api(alice).registryToken('main', 'repository:alice/guarded:pull,push');
    assert.equal((await fixture.registry.get('/v2/alice/guarded/tags/list', mainToken)).status, 200);
    assert.equal((await second.get('/v2/alice/guarded/tags/list', mainToken)).status, 401);
    const secondToken = await fixture.api().registryToken('second', 'repository:alice/guarded:pull');
    assert.equal((await second.get('/v2/alice/guarded/tags/list', secondToken)).status, 401);
  });

  it('returns a pull command that works', async () => {
    succeeded(await owner.crane('push', folder, `${second.host}/alice/pulled:v3`));
    const { pull_command: command } = await until(5_000, () => fixture.api().repository('alice/pulled'));
    assert.equal(command, `docker pull ${second.host}/alice/pulled:v3`);
    succeeded(await owner.crane('manifest', command.replace('docker pull ', '')));
  });

  it('moves a repository, which is then pulled and pushed at the other registry only', async () => {
    const [old, moved] = [`${fixture.registry.host}/alice/moving`, `${second.host}/alice/moving`];
    succeeded(await owner.crane('push', folder, `${old}:v1`));
    await until(5_000, () => fixture.api().repository('alice/moving'));
    succeeded(await fixture.index.command(['registry', 'move', 'alice/moving', 'second']));
    const { digest } = await until(5_000, () => fixture.api().tag('alice/moving', 'v1'));
    assert.equal(succeeded(await owner.crane('digest', `${moved}:v1`)).stdout.trim(), digest);
    succeeded(await owner.crane('push', folder, `${moved}:v2`));
    refused(await owner.crane('push', folder, `${old}:v3`));
  });

  for (const name of ['main', 'second']) {
    it(`diagnoses ${name} as healthy, including its notifications`, async () => {
      const { stdout } = succeeded(await fixture.index.command(['registry', 'doctor', name, '--json']));
      const { healthy, checks } = JSON.parse(stdout) as {
        healthy: boolean;
        checks: { name: string; status: string; detail: string }[];
      };
      const failing = checks.filter(({ status }) => status !== 'ok');
      assert.deepEqual(
        failing.map(({ name: check, status }) => `${check} ${status}`),
        ['tls warning'],
        stdout,
      );
      assert.ok(healthy);
    });
  }

  it('reports by diagnosis and exit code that a registry is down', async () => {
    await second.kill();
    const message = refused(await fixture.index.command(['registry', 'doctor', 'second']));
    assert.match(message, /FAILED +reachable .*ECONNREFUSED/);
    assert.match(message, /-> start the registry/);
    const reconciled = refused(await fixture.index.command(['registry', 'reconcile', 'second']));
    assert.match(reconciled, /cannot be reached/);
    await second.startWithSameConfig();
    succeeded(await fixture.index.command(['registry', 'reconcile', 'second']));
  });
});

describeWithReal('docker with a second registry', [...programs, dockerdProgram()], () => {
  let fixture: DockerFixture;
  beforeAll(async () => {
    fixture = await DockerFixture.start('distribution2');
  });
  afterAll(() => fixture?.stop());

  it('prints the right registry when a repository is pushed to the wrong one', async () => {
    const second = await fixture.addRegistry('second', 'distribution3');
    const engine = await fixture.docker();
    const owner = engine.createUser('alice');
    for (const { host } of [fixture.registry, second]) {
      succeeded(await owner.login(host, alice.name, alice.password));
    }
    const [mainReference, secondReference] = [
      `${fixture.registry.host}/alice/app:v1`,
      `${second.host}/alice/app:v1`,
    ];
    await engine.build(mainReference);
    succeeded(await owner.push(mainReference));
    succeeded(await owner.docker('tag', mainReference, secondReference));
    const message = refused(await owner.push(secondReference));
    assert.ok(message.includes(`push it to ${fixture.registry.host}/alice/app`), message);
  });
});
