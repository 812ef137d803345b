import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, it } from '@jest/globals';
import { readJson } from '../support/read-json';
import { describeWithReal } from './support/describe-with-real';
import type { DockerUser } from './support/docker-daemon';
import { alice, DockerFixture } from './support/docker-fixture';
import { refused, succeeded } from './support/processes';
import { dockerdProgram, registryKinds, registryProgram } from './support/programs';
import { until } from './support/until';

// What the engine requires of a plugin.
const configuration = {
  description: 'Keeps volumes',
  documentation: 'https://example.org/volumes',
  entrypoint: ['/run-plugin'],
  interface: { types: ['docker.volumedriver/1.0'], socket: 'volumes.sock' },
  network: { type: 'none' },
  linux: { capabilities: [] },
  mounts: [],
  env: [],
};

for (const kind of registryKinds) {
  describeWithReal(`docker plugins with ${kind}`, [dockerdProgram(), registryProgram(kind)], () => {
    let fixture: DockerFixture;
    let owner: DockerUser;
    let host: string;
    /** Creates a plugin of its own content: the engine refuses the same one twice. */
    const create = async (name: string): Promise<void> => {
      const folder = fixture.path(`plugins/${name}`);
      mkdirSync(`${folder}/rootfs`, { recursive: true });
      writeFileSync(`${folder}/rootfs/run-plugin`, `#!/bin/sh\n# ${name}\n`, { mode: 0o755 });
      writeFileSync(`${folder}/config.json`, JSON.stringify({ ...configuration, description: name }));
      succeeded(await owner.docker('plugin', 'create', `${host}/${name}:v1`, folder));
    };
    beforeAll(async () => {
      fixture = await DockerFixture.start(kind);
      host = fixture.registry.host;
      owner = (await fixture.docker()).createUser('alice');
      succeeded(await owner.login(host, alice.name, alice.password));
      await create('alice/volumes');
    });
    afterAll(() => fixture?.stop());

    it('are pushed, shown as plugins, and installed by the command that is shown', async () => {
      succeeded(await owner.docker('plugin', 'push', `${host}/alice/volumes:v1`));
      const { pull_command: command } = await until(10_000, () => fixture.api().repository('alice/volumes'));
      assert.equal(command, `docker plugin install ${host}/alice/volumes:v1`);
      const get = async <T>(path: string): Promise<T> =>
        readJson<T>(await fixture.api().send('GET', `/api/v1/${path}`));
      const tags = await get<{ items: { name: string; kind: string }[] }>('repositories/alice/volumes/tags');
      assert.deepEqual(
        tags.items.map((tag) => [tag.name, tag.kind]),
        [['v1', 'plugin']],
      );
      const search = async (query: string): Promise<string[]> =>
        (await get<{ items: { full_name: string }[] }>(`search?${query}`)).items.map((hit) => hit.full_name);
      await until(10_000, async () => (await search('q=volumes&kind=plugin')).join() === 'alice/volumes');
      assert.deepEqual(await search('q=volumes&kind=image'), []);
      // Disabled, because the tests run no containers.
      succeeded(await owner.docker('plugin', 'rm', '--force', `${host}/alice/volumes:v1`));
      const [, , , reference = ''] = command.split(' ');
      succeeded(await owner.docker('plugin', 'install', '--disable', '--grant-all-permissions', reference));
    });

    it('are denied in foreign namespaces', async () => {
      await create('bob/volumes');
      // The engine prints the failure of another attempt, over https.
      refused(await owner.docker('plugin', 'push', `${host}/bob/volumes:v1`));
      assert.equal(await fixture.api().repository('bob/volumes'), undefined);
    });
  });
}
