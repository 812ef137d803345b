import assert from 'node:assert/strict';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, it } from '@jest/globals';
import { describeWithReal } from './support/describe-with-real';
import { alice, bob, DockerFixture } from './support/docker-fixture';
import { environmentIn } from './support/environment';
import { refused, run, succeeded, type Outcome } from './support/processes';
import { buildahProgram, pathOf, registryKinds, registryProgram } from './support/programs';
import { until } from './support/until';

const buildah = buildahProgram();

for (const kind of registryKinds) {
  describeWithReal(`buildah with ${kind}`, [buildah, registryProgram(kind)], () => {
    let fixture: DockerFixture;
    let host: string;

    /** Runs buildah with images and credentials of one user. `args` begin with a command. */
    const buildahAs = (user: string, args: string[], input = ''): Promise<Outcome> => {
      const home = fixture.path(`homes/${user}`);
      mkdirSync(home, { recursive: true });
      // buildah fails if the file that the variable names does not exist.
      if (!existsSync(`${home}/auth.json`)) writeFileSync(`${home}/auth.json`, '{}', { mode: 0o600 });
      const storage = ['--root', `${home}/root`, '--runroot', `${home}/run`, '--storage-driver', 'vfs'];
      const env = environmentIn(home, { REGISTRY_AUTH_FILE: `${home}/auth.json`, TMPDIR: home });
      return run(pathOf(buildah), [...storage, ...args], { env, cwd: home, input, milliseconds: 300_000 });
    };
    /** Builds an image with one file, and returns its name in the storage of the user. */
    const build = async (user: string, name: string, architecture = 'amd64'): Promise<string> => {
      const home = fixture.path(`homes/${user}`);
      mkdirSync(home, { recursive: true });
      writeFileSync(`${home}/content-${name}`, `content of ${name}`);
      const container = succeeded(
        await buildahAs(user, ['from', '--arch', architecture, 'scratch']),
      ).stdout.trim();
      succeeded(await buildahAs(user, ['copy', container, `${home}/content-${name}`, '/content']));
      const label = `org.opencontainers.image.title=The ${name}`;
      succeeded(
        await buildahAs(user, [
          'config',
          '--arch',
          architecture,
          '--label',
          label,
          '--cmd',
          '/content',
          container,
        ]),
      );
      succeeded(await buildahAs(user, ['commit', '--rm', container, name]));
      return name;
    };

    beforeAll(async () => {
      fixture = await DockerFixture.start(kind);
      host = fixture.registry.host;
      for (const { name, password } of [alice, bob]) {
        const options = ['--tls-verify=false', '--username', name, '--password-stdin'];
        succeeded(await buildahAs(name, ['login', ...options, host], password));
      }
    });
    afterAll(() => fixture?.stop());

    it('pushes an image, which anyone pulls', async () => {
      const image = await build('alice', 'single');
      const reference = `docker://${host}/alice/built:v1`;
      succeeded(await buildahAs('alice', ['push', '--tls-verify=false', image, reference]));
      const tag = await until(10_000, () => fixture.api().tag('alice/built', 'v1'));
      assert.deepEqual(
        [tag.pushed_by, tag.platforms.map(({ os, architecture }) => `${os}/${architecture}`)],
        ['alice', ['linux/amd64']],
      );
      const { pull_command: command } = (await fixture.api().repository('alice/built'))!;
      assert.equal(command, `docker pull ${host}/alice/built:v1`);
      succeeded(await buildahAs('anonymous', ['pull', '--tls-verify=false', `${host}/alice/built:v1`]));
    });

    it('pushes an index with its images', async () => {
      const [amd, arm] = [await build('alice', 'for-amd'), await build('alice', 'for-arm', 'arm64')];
      succeeded(await buildahAs('alice', ['manifest', 'create', 'both', amd]));
      succeeded(await buildahAs('alice', ['manifest', 'add', '--arch', 'arm64', 'both', arm]));
      const push = ['manifest', 'push', '--all', '--tls-verify=false', 'both'];
      succeeded(await buildahAs('alice', [...push, `docker://${host}/alice/multi:v1`]));
      const tag = await until(10_000, () => fixture.api().tag('alice/multi', 'v1'));
      assert.deepEqual(tag.platforms.map(({ architecture }) => architecture).sort(), ['amd64', 'arm64']);
    });

    it('is denied in foreign namespaces, and reports a wrong password', async () => {
      const image = await build('bob', 'foreign');
      const reference = `docker://${host}/alice/built:stolen`;
      const denial = refused(await buildahAs('bob', ['push', '--tls-verify=false', image, reference]));
      assert.match(denial, /denied|unauthorized|authentication required/i);
      assert.equal(await fixture.api().tag('alice/built', 'stolen'), undefined);
      const options = ['--tls-verify=false', '--username', alice.name, '--password-stdin'];
      const wrong = refused(await buildahAs('mistyping', ['login', ...options, host], 'not my password'));
      assert.match(wrong, /invalid username\/password/);
    });

    it('pulls a private image as its owner only', async () => {
      await fixture.api(alice).createRepository('alice', { name: 'hidden', visibility: 'private' });
      const image = await build('alice', 'hidden');
      const reference = `docker://${host}/alice/hidden:v1`;
      succeeded(await buildahAs('alice', ['push', '--tls-verify=false', image, reference]));
      for (const user of ['anonymous', 'bob']) {
        const denial = refused(
          await buildahAs(user, ['pull', '--tls-verify=false', `${host}/alice/hidden:v1`]),
        );
        assert.match(denial, /denied|unauthorized|authentication required/i);
      }
      succeeded(await buildahAs('alice', ['pull', '--tls-verify=false', `${host}/alice/hidden:v1`]));
    });
  });
}
