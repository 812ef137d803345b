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

// Plain requests exhaust the limit before the programs pull.
describeWithReal('anonymous pulls beyond the limit', programs, () => {
  const limit = 12;
  const message =
    /too many pulls without an account from this address \(12 in 6 hours\): log in, or try again in \d+ (hours?|minutes?)/;
  let fixture: DockerFixture;
  let host: string;
  beforeAll(async () => {
    fixture = await DockerFixture.start('distribution3', {
      ANONYMOUS_PULL_LIMIT: String(limit),
      SERVER_PROCESSES: '1',
    });
    host = fixture.registry.host;
    const engine = await fixture.docker();
    succeeded(await engine.createUser('alice').login(host, alice.name, alice.password));
    await engine.build(`${host}/alice/app:v1`);
    succeeded(await engine.createUser('alice').push(`${host}/alice/app:v1`));
    await until(5_000, () => fixture.api().tag('alice/app', 'v1'));
    const tokenUrl = `${fixture.index.url}/token?service=main&scope=repository:alice/app:pull`;
    for (let n = 0; n < limit; n += 1) assert.equal((await fetch(tokenUrl)).status, 200);
    assert.equal((await fetch(tokenUrl)).status, 429);
  });
  afterAll(() => fixture?.stop());

  const image = (): string => `${host}/alice/app:v1`;

  it('docker prints the reason, and pulls after a login', async () => {
    const engine = await fixture.docker();
    assert.match(refused(await engine.createUser('anonymous').pull(image())), message);
    succeeded(await engine.createUser('alice').pull(image()));
  });

  it('crane prints the reason; podman and skopeo print their own message', async () => {
    const anonymous = fixture.tools('anonymous');
    assert.match(refused(await anonymous.crane('manifest', image())), message);
    const ownMessage = /too many requests to registry/;
    assert.match(refused(await anonymous.podman(['pull', image()])), ownMessage);
    assert.match(refused(await anonymous.skopeo('inspect', `docker://${image()}`)), ownMessage);
  });
});
