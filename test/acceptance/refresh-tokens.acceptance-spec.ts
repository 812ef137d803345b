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
  describeWithReal(`a kept login with ${generation}`, [...programs, registryProgram(generation)], () => {
    let stage: DockerFixture;
    let engine: DockerDaemon;
    let person: DockerUser;
    let host: string;
    const logins = '/api/v1/user/refresh-tokens';

    beforeAll(async () => {
      stage = await DockerFixture.start(generation);
      engine = await stage.docker();
      host = stage.registry.host;
      person = engine.createUser('alice');
      succeeded(await person.login(host, alice.name, alice.password));
      await stage.api(alice).createRepository('alice', { name: 'secret', visibility: 'private' });
    });
    afterAll(() => stage?.stop());

    it('is an refresh token: docker keeps no password', () => {
      const { auths } = JSON.parse(person.settings()) as {
        auths: Record<string, { auth?: string; identitytoken?: string }>;
      };
      assert.match(auths[host]!.identitytoken!, /^ci_idt_/);
      const stored = Buffer.from(auths[host]!.auth ?? '', 'base64').toString();
      assert.ok(!stored.includes(alice.password));
    });

    it('S20: docker pushes with it, and pulls 20 times', async () => {
      const image = `${host}/alice/secret:v1`;
      await engine.build(image);
      succeeded(await person.push(image));
      await until(5_000, () => stage.api(alice).tag('alice/secret', 'v1'));
      for (let i = 0; i < 20; i++) succeeded(await person.pull(image));
      refused(await engine.createUser('anybody').pull(image));
      const seen = await readJson<{
        items: { client: string; last_used_at: string | null }[];
      }>(await stage.api(alice).send('GET', logins));
      assert.equal(seen.items.length, 1);
      assert.equal(seen.items[0]!.client, 'docker');
      assert.ok(seen.items[0]!.last_used_at);
    });

    it('podman, skopeo and crane push and pull with the login that docker keeps', async () => {
      const tools = stage.tools('heir');
      tools.copyDockerLogins(person.settings());
      const folder = stage.path('layout');
      writeOciLayout(folder, 'v1');
      succeeded(await tools.skopeoCopy(`oci:${folder}:v1`, `docker://${host}/alice/secret:by-skopeo`));
      succeeded(await tools.skopeo('inspect', `docker://${host}/alice/secret:by-skopeo`));
      const { stdout } = succeeded(await tools.podman(['pull', '--quiet', `${host}/alice/secret:by-skopeo`]));
      succeeded(await tools.podman(['push', stdout.trim(), `${host}/alice/secret:by-podman`]));
      succeeded(await tools.crane('push', folder, `${host}/alice/secret:by-crane`));
      succeeded(await tools.crane('pull', `${host}/alice/secret:by-crane`, stage.path('pulled.tar')));
      for (const tag of ['by-skopeo', 'by-podman', 'by-crane']) {
        assert.ok(await until(5_000, () => stage.api(alice).tag('alice/secret', tag)), tag);
      }
    });

    it('searches at the index with a login there, and finds what is private', async () => {
      const found = async (who: DockerUser): Promise<string[]> =>
        (await who.search(`${stage.index.host}/secret`)).map(({ name }) => name);
      succeeded(await person.login(stage.index.host, alice.name, alice.password));
      await until(5_000, async () => (await found(person)).includes('alice/secret'));
      assert.ok(!(await found(engine.createUser('anybody'))).includes('alice/secret'));
    });

    it('is over when it is revoked, and docker says what to do', async () => {
      const image = `${host}/alice/secret:v1`;
      await until(5_000, async () => (await stage.api(alice).send('DELETE', logins)).status === 204);
      assert.match(refused(await person.pull(image)), /log in again/);
      succeeded(await person.login(host, alice.name, alice.password));
      succeeded(await person.pull(image));
    });

    it('is over when the password changes', async () => {
      const image = `${host}/alice/secret:v1`;
      const renewed = { name: alice.name, password: 'daffodils in the sun 2' };
      const body = { password: renewed.password, current_password: alice.password };
      assert.equal((await stage.api(alice).send('PATCH', '/api/v1/user', body)).status, 200);
      assert.match(refused(await person.pull(image)), /log in again/);
      succeeded(await person.login(host, renewed.name, renewed.password));
      succeeded(await person.pull(image));
    });
  });
}
