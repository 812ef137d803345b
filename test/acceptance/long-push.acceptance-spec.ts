import assert from 'node:assert/strict';
import { afterAll, beforeAll, it } from '@jest/globals';
import { setTimeout as pause } from 'node:timers/promises';
import { ThrottledProxy } from '../support/throttled-proxy';
import { Containerd } from './support/containerd';
import { environmentIn } from './support/environment';
import { writeOciLayout } from './support/oci-layout';
import { run, succeeded, type Outcome } from './support/processes';
import { describeWithReal } from './support/describe-with-real';
import {
  containerdProgram,
  craneProgram,
  ctrProgram,
  dockerdProgram,
  registryProgram,
  skopeoProgram,
} from './support/programs';
import { alice, DockerFixture } from './support/docker-fixture';
import { until } from './support/until';

// A token expires after 60 s, and registries accept it for another 60 s. A layer takes longer than both.
const rate = 20_000;
const layer = 150 * rate;

const programs = [
  dockerdProgram(),
  skopeoProgram(),
  craneProgram(),
  containerdProgram(),
  ctrProgram(),
  registryProgram('distribution2'),
];

describeWithReal('push whose upload outlives its token', programs, () => {
  let fixture: DockerFixture;
  let slowProxy: ThrottledProxy;
  let containerd: Containerd | undefined;
  beforeAll(async () => {
    fixture = await DockerFixture.start('distribution2', { TOKEN_TTL: '60' });
    slowProxy = await ThrottledProxy.to(fixture.registry.port, rate);
  });
  afterAll(async () => {
    slowProxy?.close();
    await containerd?.stop();
    await fixture?.stop();
  });

  const assertArrives = async (name: string, push: () => Promise<Outcome>): Promise<void> => {
    const start = performance.now();
    succeeded(await push());
    const seconds = (performance.now() - start) / 1000;
    assert.ok(seconds > 125, `the upload took only ${seconds.toFixed()} s, which proves nothing`);
    assert.ok(await until(5_000, () => fixture.api().tag(name, 'v1')));
  };

  it.concurrent('would fail with its first token, rejected 60 s after it expired', async () => {
    const scope = 'repository:alice/by-first-token:push,pull';
    const token = await fixture.api(alice).registryToken('main', scope);
    const start = performance.now();
    const seconds = (): number => (performance.now() - start) / 1000;
    while ((await fixture.registry.get('/v2/', token)).status === 200 && seconds() < 140) await pause(500);
    assert.ok(seconds() > 110 && seconds() < 130, `it was accepted for ${seconds().toFixed()} s`);
  });

  it.concurrent('succeeds with docker', async () => {
    const engine = await fixture.docker();
    const user = engine.createUser('alice');
    succeeded(await user.login(slowProxy.host, alice.name, alice.password));
    const image = `${slowProxy.host}/alice/by-docker:v1`;
    await engine.build(image, layer);
    await assertArrives('alice/by-docker', () => user.docker('push', image));
  });

  it.concurrent('succeeds with skopeo', async () => {
    const folder = fixture.path('skopeo-layout');
    writeOciLayout(folder, 'v1', layer);
    const tools = fixture.tools('skopeo');
    succeeded(await tools.skopeoLogin(slowProxy.host, alice.name, alice.password));
    await assertArrives('alice/by-skopeo', () =>
      tools.skopeoCopy(`oci:${folder}:v1`, `docker://${slowProxy.host}/alice/by-skopeo:v1`),
    );
  });

  it.concurrent('succeeds with crane', async () => {
    const folder = fixture.path('crane-layout');
    writeOciLayout(folder, 'v1', layer);
    const tools = fixture.tools('crane');
    succeeded(await tools.craneLogin(slowProxy.host, alice.name, alice.password));
    await assertArrives('alice/by-crane', () =>
      tools.crane('push', folder, `${slowProxy.host}/alice/by-crane:v1`),
    );
  });

  it.concurrent('succeeds with ctr', async () => {
    const folder = fixture.path('ctr-layout');
    writeOciLayout(folder, 'v1', layer);
    const file = fixture.path('ctr-layout.tar');
    succeeded(await run('tar', ['-cf', file, '-C', folder, '.'], { env: environmentIn(folder) }));
    containerd = await Containerd.start(fixture.path('containerd'));
    const name = `${slowProxy.host}/alice/by-ctr`;
    succeeded(await containerd.load(file, name));
    await assertArrives('alice/by-ctr', () =>
      containerd!.push(`${name}:v1`, `${alice.name}:${alice.password}`),
    );
  });
});
