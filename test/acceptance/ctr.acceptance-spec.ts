import assert from 'node:assert/strict';
import { afterAll, beforeAll, it } from '@jest/globals';
import { Containerd } from './support/containerd';
import { writeOciLayout } from './support/oci-layout';
import { refused, succeeded } from './support/processes';
import { describeWithReal } from './support/describe-with-real';
import {
  containerdProgram,
  ctrProgram,
  registryKinds,
  registryProgram,
  skopeoProgram,
} from './support/programs';
import { alice, bob, DockerFixture } from './support/docker-fixture';
import { until } from './support/until';

for (const kind of registryKinds) {
  const programs = [containerdProgram(), ctrProgram(), skopeoProgram(), registryProgram(kind)];
  describeWithReal(`containerd's ctr with ${kind}`, programs, () => {
    let fixture: DockerFixture;
    let containerd: Containerd;
    let host: string;
    const user = `${alice.name}:${alice.password}`;

    beforeAll(async () => {
      fixture = await DockerFixture.start(kind);
      containerd = await Containerd.start(fixture.path('containerd'));
      host = fixture.registry.host;
      const tools = fixture.tools('alice');
      succeeded(await tools.skopeoLogin(host, alice.name, alice.password));
      writeOciLayout(fixture.path('layout'), 'v1');
      for (const [name, visibility] of [
        ['open', 'public'],
        ['locked', 'private'],
      ] as const) {
        await fixture.api(alice).createRepository('alice', { name, visibility });
        succeeded(
          await tools.skopeoCopy(`oci:${fixture.path('layout')}:v1`, `docker://${host}/alice/${name}:v1`),
        );
        // The worker may still be starting.
        await until(15_000, () => fixture.api(alice).tag(`alice/${name}`, 'v1'));
      }
    });
    afterAll(async () => {
      await containerd?.stop();
      await fixture?.stop();
    });

    it('pulls public images without an account, and private ones with one', async () => {
      succeeded(await containerd.pull(`${host}/alice/open:v1`));
      refused(await containerd.pull(`${host}/alice/locked:v1`));
      refused(await containerd.pull(`${host}/alice/locked:v1`, `${bob.name}:${bob.password}`));
      succeeded(await containerd.pull(`${host}/alice/locked:v1`, user));
    });

    it('requests tokens by POST, with a password or an access token', async () => {
      const countPosts = (): number =>
        fixture.index.log().match(/"method":"POST","path":"\/token","status":200/g)?.length ?? 0;
      const before = countPosts();
      succeeded(await containerd.pull(`${host}/alice/locked:v1`, user));
      const secret = await fixture.api(alice).createAccessToken(['pull'], ['alice/*']);
      succeeded(await containerd.pull(`${host}/alice/locked:v1`, `${alice.name}:${secret}`));
      await until(5_000, async () => countPosts() >= before + 2);
      refused(await containerd.pull(`${host}/alice/locked:v1`, `${alice.name}:wrong password`));
    });

    it('pushes, and mounts layers of other repositories', async () => {
      const [from, to] = [`${host}/alice/open:v1`, `${host}/alice/carried:v1`];
      succeeded(await containerd.pull(from));
      succeeded(await containerd.tag(from, to));
      refused(await containerd.push(to));
      refused(await containerd.push(to, `${bob.name}:${bob.password}`));
      succeeded(await containerd.push(to, user));
      const tag = await until(5_000, () => fixture.api().tag('alice/carried', 'v1'));
      assert.equal(tag.pushed_by, 'alice');
      assert.equal(tag.digest, (await fixture.api().tag('alice/open', 'v1'))?.digest);
    });
  });
}
