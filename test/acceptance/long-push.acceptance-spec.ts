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

// A token lives 60 s, and registries take it for 60 s more. A layer takes longer than both.
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

describeWithReal('a push whose upload outlives its token', programs, () => {
  let stage: DockerFixture;
  let line: ThrottledProxy;
  let containerd: Containerd | undefined;
  beforeAll(async () => {
    stage = await DockerFixture.start('distribution2', { TOKEN_TTL: '60' });
    line = await ThrottledProxy.to(stage.registry.port, rate);
  });
  afterAll(async () => {
    line?.close();
    await containerd?.stop();
    await stage?.stop();
  });

  const arrives = async (name: string, push: () => Promise<Outcome>): Promise<void> => {
    const begun = performance.now();
    succeeded(await push());
    const seconds = (performance.now() - begun) / 1000;
    assert.ok(seconds > 125, `the upload took ${seconds.toFixed()} s, which proves nothing`);
    assert.ok(await until(5_000, () => stage.api().tag(name, 'v1')));
  };

  it.concurrent('would fail with its first token, which ends 60 s after its life', async () => {
    const scope = 'repository:alice/by-nobody:push,pull';
    const token = await stage.api(alice).registryToken('main', scope);
    const begun = performance.now();
    const seconds = (): number => (performance.now() - begun) / 1000;
    while ((await stage.registry.get('/v2/', token)).status === 200 && seconds() < 140) await pause(500);
    assert.ok(seconds() > 110 && seconds() < 130, `it was taken for ${seconds().toFixed()} s`);
  });

  it.concurrent('succeeds with docker', async () => {
    const engine = await stage.docker();
    const person = engine.createUser('alice');
    succeeded(await person.login(line.host, alice.name, alice.password));
    const image = `${line.host}/alice/by-docker:v1`;
    await engine.build(image, layer);
    await arrives('alice/by-docker', () => person.docker('push', image));
  });

  it.concurrent('succeeds with skopeo', async () => {
    const folder = stage.path('skopeo-layout');
    writeOciLayout(folder, 'v1', layer);
    const tools = stage.tools('skopeo');
    succeeded(await tools.skopeoLogin(line.host, alice.name, alice.password));
    await arrives('alice/by-skopeo', () =>
      tools.skopeoCopy(`oci:${folder}:v1`, `docker://${line.host}/alice/by-skopeo:v1`),
    );
  });

  it.concurrent('succeeds with crane', async () => {
    const folder = stage.path('crane-layout');
    writeOciLayout(folder, 'v1', layer);
    const tools = stage.tools('crane');
    succeeded(await tools.craneLogin(line.host, alice.name, alice.password));
    await arrives('alice/by-crane', () => tools.crane('push', folder, `${line.host}/alice/by-crane:v1`));
  });

  it.concurrent('succeeds with ctr', async () => {
    const folder = stage.path('ctr-layout');
    writeOciLayout(folder, 'v1', layer);
    const file = stage.path('ctr-layout.tar');
    succeeded(await run('tar', ['-cf', file, '-C', folder, '.'], { env: environmentIn(folder) }));
    containerd = await Containerd.start(stage.path('containerd'));
    const name = `${line.host}/alice/by-ctr`;
    succeeded(await containerd.load(file, name));
    await arrives('alice/by-ctr', () => containerd!.push(`${name}:v1`, `${alice.name}:${alice.password}`));
  });
});
