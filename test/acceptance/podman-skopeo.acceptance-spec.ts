import assert from 'node:assert/strict';
import { afterAll, beforeAll, it } from '@jest/globals';
import type { ContainerTools } from './support/clients';
import { until } from './support/until';
import { writeOciLayout } from './support/oci-layout';
import { refused, succeeded } from './support/processes';
import { describeWithReal } from './support/describe-with-real';
import { generations, podmanProgram, registryProgram, skopeoProgram } from './support/programs';
import { alice, bob, olga, DockerFixture } from './support/docker-fixture';

for (const generation of generations) {
  const programs = [podmanProgram(), skopeoProgram(), registryProgram(generation)];
  describeWithReal(`podman and skopeo with ${generation}`, programs, () => {
    let stage: DockerFixture;
    let host: string;
    let anybody: ContainerTools;
    let owner: ContainerTools;
    let layouts = 0;

    beforeAll(async () => {
      stage = await DockerFixture.start(generation);
      host = stage.registry.host;
      anybody = stage.tools('anybody');
      owner = stage.tools('alice');
      succeeded(await owner.podmanLogin(host, alice.name, alice.password));
    });
    afterAll(() => stage?.stop());

    const at = (name: string) => `docker://${host}/${name}`;
    /** A new image on disk: how skopeo calls it, and its digest. */
    const fresh = () => {
      const folder = stage.path(`layout-${(layouts += 1)}`);
      const digest = writeOciLayout(folder, 'v1');
      return { image: `oci:${folder}:v1`, digest };
    };

    it('podman logs in, and tells a wrong password', async () => {
      const person = stage.tools('visitor');
      assert.match(
        succeeded(await person.podmanLogin(host, bob.name, bob.password)).stdout,
        /Login Succeeded/,
      );
      const wrong = refused(await person.podmanLogin(host, bob.name, 'not my password'));
      assert.match(wrong, /invalid username\/password/);
    });

    it('skopeo copies an image into the registry, and from repository to repository', async () => {
      const { image, digest } = fresh();
      succeeded(await owner.skopeoCopy(image, at('alice/copied:v1')));
      const tag = await until(5_000, () => stage.api().tag('alice/copied', 'v1'));
      assert.equal(tag.digest, digest);
      assert.deepEqual(
        tag.platforms.map(({ os, architecture }) => `${os}/${architecture}`),
        ['linux/amd64'],
      );
      succeeded(await owner.skopeoCopy(at('alice/copied:v1'), at('alice/again:v2')));
      assert.equal((await until(5_000, () => stage.api().tag('alice/again', 'v2'))).digest, digest);
    });

    it('skopeo is refused elsewhere, and without a login', async () => {
      const { image } = fresh();
      assert.match(refused(await owner.skopeoCopy(image, at('bob/copied:v1'))), /denied/);
      assert.match(refused(await anybody.skopeoCopy(image, at('alice/copied:v1'))), /denied|unauthorized/);
      assert.deepEqual(await stage.api().tags('bob/copied'), []);
    });

    it('skopeo deletes, its owner only, and the index forgets the tag', async () => {
      const { image } = fresh();
      succeeded(await owner.skopeoCopy(image, at('alice/short-lived:v1')));
      assert.ok(await until(5_000, () => stage.api().tag('alice/short-lived', 'v1')));
      const other = stage.tools('bob');
      succeeded(await other.podmanLogin(host, bob.name, bob.password));
      refused(await other.skopeo('delete', at('alice/short-lived:v1')));
      refused(await anybody.skopeo('delete', at('alice/short-lived:v1')));
      assert.ok(await stage.api().tag('alice/short-lived', 'v1'));
      succeeded(await owner.skopeo('delete', at('alice/short-lived:v1')));
      await until(5_000, async () => (await stage.api().tags('alice/short-lived')).length === 0);
      refused(await anybody.skopeo('inspect', at('alice/short-lived:v1')));
    });

    it('skopeo and podman list what there is', async () => {
      succeeded(await owner.skopeoCopy(fresh().image, at('alice/listed:v1')));
      const { stdout } = succeeded(await anybody.skopeo('list-tags', at('alice/listed')));
      assert.deepEqual((JSON.parse(stdout) as { Tags: string[] }).Tags, ['v1']);
      const listed = succeeded(await anybody.podman(['search', '--list-tags', `${host}/alice/listed`]));
      assert.match(listed.stdout, /alice\/listed +v1/);
    });

    it('podman pushes, and anybody pulls', async () => {
      const { image, digest } = fresh();
      succeeded(await owner.skopeoCopy(image, at('alice/carried:v1')));
      const { stdout } = succeeded(await anybody.podman(['pull', '--quiet', `${host}/alice/carried:v1`]));
      assert.match(stdout.trim(), /^[0-9a-f]{64}$/);
      const carrier = succeeded(await owner.podman(['pull', '--quiet', `${host}/alice/carried@${digest}`]));
      const id = carrier.stdout.trim();
      succeeded(await owner.podman(['push', id, `${host}/alice/carried:v2`]));
      assert.ok(await until(5_000, () => stage.api().tag('alice/carried', 'v2')));
    });

    it('a private image opens to its owner alone', async () => {
      await stage.api(alice).createRepository('alice', { name: 'locked', visibility: 'private' });
      succeeded(await owner.skopeoCopy(fresh().image, at('alice/locked:v1')));
      refused(await anybody.podman(['pull', `${host}/alice/locked:v1`]));
      succeeded(await owner.podman(['pull', `${host}/alice/locked:v1`]));
    });

    it('podman searches, with its limit and filters', async () => {
      const admin = stage.tools('olga');
      succeeded(await admin.podmanLogin(host, olga.name, olga.password));
      succeeded(
        await stage.index.command(['official', 'add', 'harbour', '--description', 'Ships and more ships.']),
      );
      succeeded(await admin.skopeoCopy(fresh().image, at('harbour:1')));
      succeeded(await owner.skopeoCopy(fresh().image, at('alice/harbour-crane:1')));
      await until(5_000, () => stage.api().repository('alice/harbour-crane'));
      await stage.api(bob).star('alice/harbour-crane');

      const search = async (...options: string[]) => {
        const args = ['search', '--format', '{{.Name}} {{.Stars}} {{.Official}}', ...options];
        const found = succeeded(await anybody.podman([...args, `${stage.index.host}/harbour`]));
        return found.stdout
          .split('\n')
          .filter((line) => line !== '')
          .map((line) => line.trim());
      };
      const official = `${stage.index.host}/harbour 0 [OK]`;
      const starred = `${stage.index.host}/alice/harbour-crane 1`;
      await until(5_000, async () => (await search()).join() === [official, starred].join());
      assert.deepEqual(await search('--limit', '1'), [official]);
      assert.deepEqual(await search('--filter', 'is-official=true'), [official]);
      assert.deepEqual(await search('--filter', 'stars=1'), [starred]);
      const table = succeeded(await anybody.podman(['search', `${stage.index.host}/harbour`]));
      assert.match(table.stdout, /^NAME +DESCRIPTION/);
      assert.match(table.stdout, /\/harbour +Ships and more ships\./);
    });
  });
}
