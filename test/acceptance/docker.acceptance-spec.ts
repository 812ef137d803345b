import assert from 'node:assert/strict';
import { afterAll, beforeAll, it } from '@jest/globals';
import type { DockerDaemon, DockerUser } from './support/docker-daemon';
import { until } from './support/until';
import { refused, succeeded } from './support/processes';
import { describeWithReal } from './support/describe-with-real';
import { dockerdProgram, generations, registryProgram } from './support/programs';
import { alice, bob, olga, DockerFixture } from './support/docker-fixture';
import { readJson } from '../support/read-json';

for (const generation of generations) {
  describeWithReal(`docker with ${generation}`, [dockerdProgram(), registryProgram(generation)], () => {
    let stage: DockerFixture;
    let engine: DockerDaemon;
    let host: string;
    let anybody: DockerUser;

    beforeAll(async () => {
      stage = await DockerFixture.start(generation);
      engine = await stage.docker();
      host = stage.registry.host;
      anybody = engine.createUser('anybody');
      for (const { name, password } of [alice, bob, olga]) {
        succeeded(await engine.createUser(name).login(host, name, password));
      }
    });
    afterAll(() => stage?.stop());

    /** Builds an image; answers what docker calls it. */
    const build = async (name: string) => {
      await engine.build(`${host}/${name}`);
      return `${host}/${name}`;
    };

    it('logs in with the right password', async () => {
      const { stdout } = succeeded(
        await engine.createUser('visitor').login(host, alice.name, alice.password),
      );
      assert.match(stdout, /Login Succeeded/);
    });

    it('tells who mistypes a password, and somebody unknown, the same', async () => {
      const told = /unauthorized: incorrect username or password/;
      const person = engine.createUser('mistyping');
      assert.match(refused(await person.login(host, alice.name, 'not my password')), told);
      assert.match(refused(await person.login(host, 'nobodyhere', 'not my password')), told);
      assert.match(refused(await person.push(await build('alice/mistyped:v1'))), /denied|unauthorized/);
    });

    it("pushes to one's own namespace, and the index knows the image", async () => {
      const image = await build('alice/webapp:v1');
      const { stdout } = succeeded(await engine.createUser('alice').push(image));
      const digest = /digest: (sha256:[0-9a-f]{64})/.exec(stdout)?.[1];
      const tag = await until(5_000, () => stage.api().tag('alice/webapp', 'v1'));
      assert.equal(tag.digest, digest);
      assert.equal(tag.pushed_by, 'alice');
      assert.ok(tag.size > 0);
      assert.deepEqual(
        tag.platforms.map(({ os }) => os),
        ['linux'],
      );
      assert.equal((await stage.api().repository('alice/webapp'))?.registry, 'main');
    });

    it('takes an access token for a password, with the rights that it has', async () => {
      const [one, other] = [await build('alice/one:v1'), await build('alice/other:v1')];
      succeeded(await engine.createUser('alice').push(one));
      const reader = engine.createUser('reader');
      const readingToken = await stage.api(alice).createAccessToken(['pull'], ['alice/*']);
      assert.match(succeeded(await reader.login(host, alice.name, readingToken)).stdout, /Login Succeeded/);
      succeeded(await reader.pull(one));
      assert.match(refused(await reader.push(one)), /denied/);
      const pusher = engine.createUser('pusher');
      const pushingToken = await stage.api(alice).createAccessToken(['pull', 'push'], ['alice/one']);
      succeeded(await pusher.login(host, alice.name, pushingToken));
      succeeded(await pusher.push(one));
      assert.match(refused(await pusher.push(other)), /denied/);
    });

    it("refuses a push to somebody else's namespace", async () => {
      const image = await build('alice/webapp:stolen');
      const told = /denied: requested access to the resource is denied/;
      assert.match(refused(await engine.createUser('bob').push(image)), told);
      assert.match(refused(await anybody.push(image)), /denied|unauthorized/);
      // An administrator's other rights are management, not other people's images.
      assert.match(refused(await engine.createUser('olga').push(image)), told);
      assert.equal((await registryTags('alice/webapp')).includes('stolen'), false);
    });

    it('mounts a layer from another repository instead of uploading it', async () => {
      const first = await build('alice/base:v1');
      const second = `${host}/alice/derived:v1`;
      succeeded(await engine.createUser('alice').push(first));
      await anybody.docker('tag', first, second);
      const { stdout } = succeeded(await engine.createUser('alice').push(second));
      assert.match(stdout, /Mounted from alice\/base/);
      assert.ok(await until(5_000, () => stage.api().tag('alice/derived', 'v1')));
    });

    it('lets anybody pull a public image, and counts it', async () => {
      const image = await build('bob/public:v1');
      succeeded(await engine.createUser('bob').push(image));
      const { pulls } = await until(5_000, () => stage.api().repository('bob/public'));
      succeeded(await anybody.pull(image));
      const counted = await until(5_000, async () => {
        const seen = await stage.api().repository('bob/public');
        return seen !== undefined && seen.pulls > pulls && seen;
      });
      assert.equal(counted.pulls, pulls + 1);
    });

    it('lets nobody but its owner pull a private image, as if there were none', async () => {
      await stage.api(alice).createRepository('alice', { name: 'secret', visibility: 'private' });
      const image = await build('alice/secret:v1');
      succeeded(await engine.createUser('alice').push(image));
      const hidden = [anybody, engine.createUser('bob')];
      const sayOf = async (person: DockerUser, reference: string) =>
        refused(await person.pull(reference)).replaceAll(reference.replace(/:v1$/, ''), 'IMAGE');
      for (const person of hidden) {
        assert.equal(
          await sayOf(person, image),
          await sayOf(person, `${host}/alice/absent:v1`),
          'a private repository looks like an absent one',
        );
        assert.match(await sayOf(person, image), /pull access denied|denied|unauthorized/);
      }
      succeeded(await engine.createUser('alice').pull(image));
    });

    it('keeps official names to administrators, under both spellings', async () => {
      succeeded(
        await stage.index.command(['official', 'add', 'centos', '--description', 'The CentOS image.']),
      );
      const image = await build('centos:7');
      const spelled = `${host}/library/centos:7`;
      await anybody.docker('tag', image, spelled);
      for (const reference of [image, spelled]) {
        assert.match(refused(await engine.createUser('alice').push(reference)), /denied/);
      }
      succeeded(await engine.createUser('olga').push(image));
      assert.ok(await until(5_000, () => stage.api().tag('library/centos', '7')));
      assert.equal((await stage.api().repository('library/centos'))?.full_name, 'centos');
      succeeded(await anybody.pull(image));
      // It lies where it was pushed first, and the refusal says where that is.
      assert.match(refused(await engine.createUser('olga').push(spelled)), /denied:.*\bcentos\b/);
    });

    it('lays an official image under library/ when it was first pushed there', async () => {
      succeeded(await stage.index.command(['official', 'add', 'fedora']));
      const image = await build('library/fedora:40');
      succeeded(await engine.createUser('olga').push(image));
      assert.ok(await until(5_000, () => stage.api().tag('library/fedora', '40')));
      succeeded(await anybody.pull(image));
    });

    it('refuses top-level names that nobody made official, also to administrators', async () => {
      for (const name of ['gentoo:1', 'library/gentoo:1']) {
        assert.match(refused(await engine.createUser('olga').push(await build(name))), /denied/);
      }
    });

    /** The tags that the registry itself has of a repository. */
    async function registryTags(name: string): Promise<string[]> {
      const token = await stage.api().registryToken('main', `repository:${name}:pull`);
      const response = await stage.registry.get(`/v2/${name}/tags/list`, token);
      assert.equal(response.status, 200);
      return (await readJson<{ tags: string[] | null }>(response)).tags ?? [];
    }
  });
}
