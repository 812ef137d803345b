import assert from 'node:assert/strict';
import { afterAll, beforeAll, it } from '@jest/globals';
import type { ContainerTools } from './support/clients';
import type { DockerDaemon } from './support/docker-daemon';
import { describeWithReal } from './support/describe-with-real';
import { alice, DockerFixture } from './support/docker-fixture';
import { writeOciLayout } from './support/oci-layout';
import { refused, succeeded } from './support/processes';
import {
  craneProgram,
  dockerdProgram,
  podmanProgram,
  registryProgram,
  skopeoProgram,
} from './support/programs';

const programs = [
  dockerdProgram(),
  craneProgram(),
  podmanProgram(),
  skopeoProgram(),
  registryProgram('distribution2'),
];

describeWithReal('a push to a wrong path', programs, () => {
  let fixture: DockerFixture;
  let engine: DockerDaemon;
  let owner: ContainerTools;
  let host: string;
  let folder: string;

  beforeAll(async () => {
    fixture = await DockerFixture.start('distribution2');
    engine = await fixture.docker();
    owner = fixture.tools('alice');
    host = fixture.registry.host;
    folder = fixture.path('layout');
    writeOciLayout(folder, 'latest');
    succeeded(await engine.createUser('alice').login(host, alice.name, alice.password));
    succeeded(await owner.craneLogin(host, alice.name, alice.password));
    succeeded(await owner.podmanLogin(host, alice.name, alice.password));
  });
  afterAll(() => fixture?.stop());

  const rows = [
    ['myapp', 'alice/myapp'],
    ['alice/team/myapp', 'alice/myapp'],
  ] as const;

  for (const [name, meant] of rows) {
    it(`to ${name} makes docker print the right one`, async () => {
      await engine.build(`${host}/${name}:v1`);
      const printed = refused(await engine.createUser('alice').push(`${host}/${name}:v1`));
      assert.match(printed, new RegExp(`denied: .*push it as ${host}/${meant}`));
    });

    it(`to ${name} makes crane print the right one`, async () => {
      const printed = refused(await owner.crane('push', folder, `${host}/${name}:v1`));
      assert.match(printed, new RegExp(`DENIED: .*push it as ${host}/${meant}`));
    });

    it(`to ${name} fails with podman's library, which prints the status alone`, async () => {
      const printed = refused(await owner.skopeoCopy(`oci:${folder}:latest`, `docker://${host}/${name}:v1`));
      assert.match(printed, /push it as|invalid status code from registry 403/);
    });
  }

  it('is pushed under the name that was printed', async () => {
    succeeded(await owner.crane('push', folder, `${host}/alice/myapp:v1`));
  });
});
