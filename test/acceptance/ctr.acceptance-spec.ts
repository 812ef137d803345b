import assert from 'node:assert/strict';
import { afterAll, beforeAll, it } from '@jest/globals';
import { Containerd } from './support/containerd';
import { writeOciLayout } from './support/oci-layout';
import { refused, succeeded } from './support/processes';
import { describeWithReal } from './support/describe-with-real';
import {
  containerdProgram,
  ctrProgram,
  generations,
  registryProgram,
  skopeoProgram,
} from './support/programs';
import { alice, bob, DockerFixture } from './support/docker-fixture';
import { until } from './support/until';

for (const generation of generations) {
  const programs = [containerdProgram(), ctrProgram(), skopeoProgram(), registryProgram(generation)];
  describeWithReal(`containerd's ctr with ${generation}`, programs, () => {
    let stage: DockerFixture;
    let containerd: Containerd;
    let host: string;
    const user = `${alice.name}:${alice.password}`;

    beforeAll(async () => {
      stage = await DockerFixture.start(generation);
      containerd = await Containerd.start(stage.path('containerd'));
      host = stage.registry.host;
      const tools = stage.tools('alice');
      succeeded(await tools.skopeoLogin(host, alice.name, alice.password));
      writeOciLayout(stage.path('layout'), 'v1');
      for (const [name, visibility] of [
        ['open', 'public'],
        ['locked', 'private'],
      ] as const) {
        await stage.api(alice).createRepository('alice', { name, visibility });
        succeeded(
          await tools.skopeoCopy(`oci:${stage.path('layout')}:v1`, `docker://${host}/alice/${name}:v1`),
        );
        // The worker may still be starting.
        await until(15_000, () => stage.api(alice).tag(`alice/${name}`, 'v1'));
      }
    });
    afterAll(async () => {
      await containerd?.stop();
      await stage?.stop();
    });

    it('pulls what is public without an account, and what is private with one', async () => {
      succeeded(await containerd.pull(`${host}/alice/open:v1`));
      refused(await containerd.pull(`${host}/alice/locked:v1`));
      refused(await containerd.pull(`${host}/alice/locked:v1`, `${bob.name}:${bob.password}`));
      succeeded(await containerd.pull(`${host}/alice/locked:v1`, user));
    });

    it('asks by POST, with a password or an access token', async () => {
      const asked = (): number =>
        stage.index.log().match(/"method":"POST","path":"\/token","status":200/g)?.length ?? 0;
      const before = asked();
      succeeded(await containerd.pull(`${host}/alice/locked:v1`, user));
      const secret = await stage.api(alice).createAccessToken(['pull'], ['alice/*']);
      succeeded(await containerd.pull(`${host}/alice/locked:v1`, `${alice.name}:${secret}`));
      await until(5_000, async () => asked() >= before + 2);
      refused(await containerd.pull(`${host}/alice/locked:v1`, `${alice.name}:wrong password`));
    });

    it('pushes, and mounts what the registry has elsewhere', async () => {
      const [from, to] = [`${host}/alice/open:v1`, `${host}/alice/carried:v1`];
      succeeded(await containerd.pull(from));
      succeeded(await containerd.tag(from, to));
      refused(await containerd.push(to));
      refused(await containerd.push(to, `${bob.name}:${bob.password}`));
      succeeded(await containerd.push(to, user));
      const tag = await until(5_000, () => stage.api().tag('alice/carried', 'v1'));
      assert.equal(tag.pushed_by, 'alice');
      assert.equal(tag.digest, (await stage.api().tag('alice/open', 'v1'))?.digest);
    });
  });
}
