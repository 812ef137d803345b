import assert from 'node:assert/strict';
import { afterAll, beforeAll, it } from '@jest/globals';
import { until } from './support/until';
import { refused, succeeded } from './support/processes';
import { describeWithReal } from './support/describe-with-real';
import {
  craneProgram,
  dockerdProgram,
  podmanProgram,
  registryProgram,
  skopeoProgram,
} from './support/programs';
import { alice, DockerFixture } from './support/docker-fixture';

const programs = [
  dockerdProgram(),
  podmanProgram(),
  skopeoProgram(),
  craneProgram(),
  registryProgram('distribution3'),
];

// Each program asks for another repository, so that no token of a pull before is used again.
describeWithReal('somebody without an account who has pulled enough', programs, () => {
  const limit = 12;
  const told = /too many pulls without an account from this address, log in, or try again in \d+ hours?/;
  let stage: DockerFixture;
  let host: string;
  beforeAll(async () => {
    stage = await DockerFixture.start('distribution3', {
      ANONYMOUS_PULL_LIMIT: String(limit),
      SERVER_PROCESSES: '1',
    });
    host = stage.registry.host;
    const engine = await stage.docker();
    succeeded(await engine.createUser('alice').login(host, alice.name, alice.password));
    await engine.build(`${host}/alice/app:v1`);
    succeeded(await engine.createUser('alice').push(`${host}/alice/app:v1`));
    await until(5_000, () => stage.api().tag('alice/app', 'v1'));
    const asked = `${stage.index.url}/token?service=main&scope=repository:alice/app:pull`;
    for (let n = 0; n < limit; n += 1) assert.equal((await fetch(asked)).status, 200);
    assert.equal((await fetch(asked)).status, 429);
  });
  afterAll(() => stage?.stop());

  const image = (): string => `${host}/alice/app:v1`;

  it('reads why from docker, and pulls after a login', async () => {
    const engine = await stage.docker();
    assert.match(refused(await engine.createUser('anybody').pull(image())), told);
    succeeded(await engine.createUser('alice').pull(image()));
  });

  it('reads it from crane, and that it is too much from podman and skopeo, which say it in their own words', async () => {
    const anybody = stage.tools('anybody');
    assert.match(refused(await anybody.crane('manifest', image())), told);
    const own = /too many requests to registry/;
    assert.match(refused(await anybody.podman(['pull', image()])), own);
    assert.match(refused(await anybody.skopeo('inspect', `docker://${image()}`)), own);
  });
});
