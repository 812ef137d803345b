import assert from 'node:assert/strict';
import { afterAll, beforeAll, it } from '@jest/globals';
import type { DockerDaemon, DockerUser } from './support/docker-daemon';
import { writeOciLayout } from './support/oci-layout';
import { refused, succeeded } from './support/processes';
import { describeWithReal } from './support/describe-with-real';
import {
  craneProgram,
  dockerdProgram,
  generations,
  podmanProgram,
  registryProgram,
  skopeoProgram,
} from './support/programs';
import { alice, DockerFixture } from './support/docker-fixture';
import { until } from './support/until';
import { readJson } from '../support/read-json';

for (const generation of generations) {
  const programs = [dockerdProgram(), podmanProgram(), skopeoProgram(), craneProgram()];
  describeWithReal(`docker login with ${generation}`, [...programs, registryProgram(generation)], () => {
    let fixture: DockerFixture;
    let engine: DockerDaemon;
    let user: DockerUser;
    let host: string;
    const logins = '/api/v1/user/refresh-tokens';

    beforeAll(async () => {
      fixture = await DockerFixture.start(generation);
      engine = await fixture.docker();
      host = fixture.registry.host;
      user = engine.createUser('alice');
      succeeded(await user.login(host, alice.name, alice.password));
      await fixture.api(alice).createRepository('alice', { name: 'secret', visibility: 'private' });
    });
    afterAll(() => fixture?.stop());

    it("replaces the password in docker's settings", () => {
      const { auths } = JSON.parse(user.settings()) as {
        auths: Record<string, { auth?: string; identitytoken?: string }>;
      };
      assert.match(auths[host]!.identitytoken!, /^ci_idt_/);
      const stored = Buffer.from(auths[host]!.auth ?? '', 'base64').toString();
      assert.ok(!stored.includes(alice.password));
    });

    it('is used by docker to push, and to pull 20 times (S20)', async () => {
      const image = `${host}/alice/secret:v1`;
      await engine.build(image);
      succeeded(await user.push(image));
      await until(5_000, () => fixture.api(alice).tag('alice/secret', 'v1'));
      for (let i = 0; i < 20; i++) succeeded(await user.pull(image));
      refused(await engine.createUser('anonymous').pull(image));
      const sessions = await readJson<{
        items: { client: string; last_used_at: string | null }[];
      }>(await fixture.api(alice).send('GET', logins));
      assert.equal(sessions.items.length, 1);
      assert.equal(sessions.items[0]!.client, 'docker');
      assert.ok(sessions.items[0]!.last_used_at);
    });

    it('is used by podman, skopeo and crane to push and pull', async () => {
      const tools = fixture.tools('heir');
      tools.copyDockerLogins(user.settings());
      const folder = fixture.path('layout');
      writeOciLayout(folder, 'v1');
      succeeded(await tools.skopeoCopy(`oci:${folder}:v1`, `docker://${host}/alice/secret:by-skopeo`));
      succeeded(await tools.skopeo('inspect', `docker://${host}/alice/secret:by-skopeo`));
      const { stdout } = succeeded(await tools.podman(['pull', '--quiet', `${host}/alice/secret:by-skopeo`]));
      succeeded(await tools.podman(['push', stdout.trim(), `${host}/alice/secret:by-podman`]));
      succeeded(await tools.crane('push', folder, `${host}/alice/secret:by-crane`));
      succeeded(await tools.crane('pull', `${host}/alice/secret:by-crane`, fixture.path('pulled.tar')));
      for (const tag of ['by-skopeo', 'by-podman', 'by-crane']) {
        assert.ok(await until(5_000, () => fixture.api(alice).tag('alice/secret', tag)), tag);
      }
    });

    it('keeps podman and skopeo from a login of their own until docker has logged out', async () => {
      const tools = fixture.tools('both');
      tools.copyDockerLogins(user.settings());
      const message = /auth file contains an Identity token/;
      assert.match(refused(await tools.podmanLogin(host, alice.name, alice.password)), message);
      assert.match(refused(await tools.skopeoLogin(host, alice.name, alice.password)), message);
      tools.copyDockerLogins('{}');
      succeeded(await tools.podmanLogin(host, alice.name, alice.password));
    });

    it('shows private repositories in a search after a login at the index', async () => {
      const search = async (caller: DockerUser): Promise<string[]> =>
        (await caller.search(`${fixture.index.host}/secret`)).map(({ name }) => name);
      succeeded(await user.login(fixture.index.host, alice.name, alice.password));
      await until(5_000, async () => (await search(user)).includes('alice/secret'));
      assert.ok(!(await search(engine.createUser('anonymous'))).includes('alice/secret'));
    });

    it('is rejected after revocation, and docker prints what to do', async () => {
      const image = `${host}/alice/secret:v1`;
      await until(5_000, async () => (await fixture.api(alice).send('DELETE', logins)).status === 204);
      assert.match(refused(await user.pull(image)), /log in again/);
      succeeded(await user.login(host, alice.name, alice.password));
      succeeded(await user.pull(image));
    });

    it('is rejected after a change of the password', async () => {
      const image = `${host}/alice/secret:v1`;
      const updated = { name: alice.name, password: 'daffodils in the sun 2' };
      const body = { password: updated.password, current_password: alice.password };
      assert.equal((await fixture.api(alice).send('PATCH', '/api/v1/user', body)).status, 200);
      assert.match(refused(await user.pull(image)), /log in again/);
      succeeded(await user.login(host, updated.name, updated.password));
      succeeded(await user.pull(image));
    });
  });
}
