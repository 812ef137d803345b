import assert from 'node:assert/strict';
import { afterAll, beforeAll, it } from '@jest/globals';
import type { DockerDaemon, DockerUser } from './support/docker-daemon';
import { until } from './support/until';
import { refused, succeeded } from './support/processes';
import { describeWithReal } from './support/describe-with-real';
import { dockerdProgram, registryKinds, registryProgram } from './support/programs';
import { alice, bob, olga, DockerFixture } from './support/docker-fixture';
import { readJson } from '../support/read-json';

for (const kind of registryKinds) {
  describeWithReal(`docker with ${kind}`, [dockerdProgram(), registryProgram(kind)], () => {
    let fixture: DockerFixture;
    let engine: DockerDaemon;
    let host: string;
    let anonymous: DockerUser;
    // zot responds 401, not 403, to a token that does not suffice.
    const denied = kind === 'zot' ? /unauthorized: authentication required/ : /denied/;

    beforeAll(async () => {
      fixture = await DockerFixture.start(kind);
      engine = await fixture.docker();
      host = fixture.registry.host;
      anonymous = engine.createUser('anonymous');
      for (const { name, password } of [alice, bob, olga]) {
        succeeded(await engine.createUser(name).login(host, name, password));
      }
    });
    afterAll(() => fixture?.stop());

    /** Builds an image and returns its reference. */
    const build = async (name: string) => {
      await engine.build(`${host}/${name}`);
      return `${host}/${name}`;
    };

    it('logs in with the right password', async () => {
      const { stdout } = succeeded(
        await engine.createUser('newcomer').login(host, alice.name, alice.password),
      );
      assert.match(stdout, /Login Succeeded/);
    });

    it('prints the same error for a wrong password and an unknown account', async () => {
      const message = /unauthorized: incorrect username or password/;
      const user = engine.createUser('mistyping');
      assert.match(refused(await user.login(host, alice.name, 'not my password')), message);
      assert.match(refused(await user.login(host, 'absentuser', 'not my password')), message);
      assert.match(refused(await user.push(await build('alice/mistyped:v1'))), /denied|unauthorized/);
    });

    it("pushes to the user's own namespace, and the index lists the image", async () => {
      const image = await build('alice/webapp:v1');
      const { stdout } = succeeded(await engine.createUser('alice').push(image));
      const digest = /digest: (sha256:[0-9a-f]{64})/.exec(stdout)?.[1];
      const tag = await until(5_000, () => fixture.api().tag('alice/webapp', 'v1'));
      assert.equal(tag.digest, digest);
      assert.equal(tag.pushed_by, 'alice');
      assert.ok(tag.size > 0);
      assert.deepEqual(
        tag.platforms.map(({ os }) => os),
        ['linux'],
      );
      assert.equal((await fixture.api().repository('alice/webapp'))?.registry, 'main');
    });

    it('accepts an access token as password, with the permissions of the token', async () => {
      const [one, other] = [await build('alice/one:v1'), await build('alice/other:v1')];
      succeeded(await engine.createUser('alice').push(one));
      const reader = engine.createUser('reader');
      const readingToken = await fixture.api(alice).createAccessToken(['pull'], ['alice/*']);
      assert.match(succeeded(await reader.login(host, alice.name, readingToken)).stdout, /Login Succeeded/);
      succeeded(await reader.pull(one));
      assert.match(refused(await reader.push(one)), denied);
      const pusher = engine.createUser('pusher');
      const pushingToken = await fixture.api(alice).createAccessToken(['pull', 'push'], ['alice/one']);
      succeeded(await pusher.login(host, alice.name, pushingToken));
      succeeded(await pusher.push(one));
      assert.match(refused(await pusher.push(other)), denied);
    });

    it('rejects a push to a foreign namespace', async () => {
      const image = await build('alice/webapp:stolen');
      const message = kind === 'zot' ? denied : /denied: requested access to the resource is denied/;
      assert.match(refused(await engine.createUser('bob').push(image)), message);
      assert.match(refused(await anonymous.push(image)), /denied|unauthorized/);
      // Administrators manage repositories, but may not push to foreign namespaces.
      assert.match(refused(await engine.createUser('olga').push(image)), message);
      assert.equal((await registryTags('alice/webapp')).includes('stolen'), false);
    });

    it('mounts a layer from another repository instead of uploading it', async () => {
      const first = await build('alice/base:v1');
      const second = `${host}/alice/derived:v1`;
      succeeded(await engine.createUser('alice').push(first));
      await anonymous.docker('tag', first, second);
      const { stdout } = succeeded(await engine.createUser('alice').push(second));
      // zot mounts only when it shares blobs between all repositories, which the fragment forbids.
      if (kind === 'zot') assert.doesNotMatch(stdout, /Mounted from/);
      else assert.match(stdout, /Mounted from alice\/base/);
      assert.ok(await until(5_000, () => fixture.api().tag('alice/derived', 'v1')));
    });

    it('pulls a public image without an account, and counts the pull where reads are reported', async () => {
      const image = await build('bob/public:v1');
      succeeded(await engine.createUser('bob').push(image));
      const { pulls } = await until(5_000, () => fixture.api().repository('bob/public'));
      succeeded(await anonymous.pull(image));
      if (kind === 'zot') return;
      const counted = await until(5_000, async () => {
        const repository = await fixture.api().repository('bob/public');
        return repository !== undefined && repository.pulls > pulls && repository;
      });
      assert.equal(counted.pulls, pulls + 1);
    });

    it('builds from a public image of others with a token for one repository', async () => {
      const base = await build('bob/runtime:v1');
      succeeded(await engine.createUser('bob').push(base));
      await fixture.api(bob).createRepository('bob', { name: 'hidden', visibility: 'private' });
      const hidden = await build('bob/hidden:v1');
      succeeded(await engine.createUser('bob').push(hidden));
      await anonymous.docker('image', 'rm', '--force', base, hidden);
      const token = await fixture.api(alice).createAccessToken(['push'], ['alice/only']);
      const ci = engine.createUser('ci');
      succeeded(await ci.login(host, alice.name, token));
      const image = `${host}/alice/only:v1`;
      succeeded(await ci.build(image, `FROM ${base}\nLABEL from=runtime\n`));
      succeeded(await ci.push(image));
      assert.match(
        refused(await ci.build(`${host}/alice/only:v2`, `FROM ${hidden}\n`)),
        /denied|unauthorized/,
      );
    });

    it('pulls a private image as its owner only; for others it does not exist', async () => {
      await fixture.api(alice).createRepository('alice', { name: 'secret', visibility: 'private' });
      const image = await build('alice/secret:v1');
      succeeded(await engine.createUser('alice').push(image));
      const others = [anonymous, engine.createUser('bob')];
      const pullError = async (user: DockerUser, reference: string) =>
        refused(await user.pull(reference)).replaceAll(reference.replace(/:v1$/, ''), 'IMAGE');
      for (const user of others) {
        assert.equal(
          await pullError(user, image),
          await pullError(user, `${host}/alice/absent:v1`),
          'a private repository looks like an absent one',
        );
        assert.match(await pullError(user, image), /pull access denied|denied|unauthorized/);
      }
      succeeded(await engine.createUser('alice').pull(image));
    });

    it('pushes official names as administrator only, in both spellings', async () => {
      succeeded(
        await fixture.index.command(['official', 'add', 'centos', '--description', 'The CentOS image.']),
      );
      const image = await build('centos:7');
      const librarySpelling = `${host}/library/centos:7`;
      await anonymous.docker('tag', image, librarySpelling);
      for (const reference of [image, librarySpelling]) {
        assert.match(refused(await engine.createUser('alice').push(reference)), denied);
      }
      succeeded(await engine.createUser('olga').push(image));
      assert.ok(await until(5_000, () => fixture.api().tag('library/centos', '7')));
      assert.equal((await fixture.api().repository('library/centos'))?.full_name, 'centos');
      succeeded(await anonymous.pull(image));
      // The repository keeps the path of its first push, which the error names.
      assert.match(refused(await engine.createUser('olga').push(librarySpelling)), /denied:.*\bcentos\b/);
    });

    it('stores an official image under library/ if it was first pushed there', async () => {
      succeeded(await fixture.index.command(['official', 'add', 'fedora']));
      const image = await build('library/fedora:40');
      succeeded(await engine.createUser('olga').push(image));
      assert.ok(await until(5_000, () => fixture.api().tag('library/fedora', '40')));
      succeeded(await anonymous.pull(image));
    });

    it('rejects top-level names that are not official, also from administrators', async () => {
      for (const name of ['gentoo:1', 'library/gentoo:1']) {
        assert.match(refused(await engine.createUser('olga').push(await build(name))), /denied/);
      }
    });

    /** The tags that the registry itself lists for a repository. */
    async function registryTags(name: string): Promise<string[]> {
      const token = await fixture.api().registryToken('main', `repository:${name}:pull`);
      const response = await fixture.registry.get(`/v2/${name}/tags/list`, token);
      assert.equal(response.status, 200);
      return (await readJson<{ tags: string[] | null }>(response)).tags ?? [];
    }
  });
}
