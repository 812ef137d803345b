import assert from 'node:assert/strict';
import { afterAll, beforeAll, it } from '@jest/globals';
import type { ContainerTools } from './support/clients';
import { until } from './support/until';
import { writeOciLayout } from './support/oci-layout';
import { refused, succeeded } from './support/processes';
import { describeWithReal } from './support/describe-with-real';
import { podmanProgram, registryKinds, registryProgram, skopeoProgram } from './support/programs';
import { alice, bob, olga, DockerFixture } from './support/docker-fixture';

for (const kind of registryKinds) {
  const programs = [podmanProgram(), skopeoProgram(), registryProgram(kind)];
  describeWithReal(`podman and skopeo with ${kind}`, programs, () => {
    let fixture: DockerFixture;
    let host: string;
    let anonymous: ContainerTools;
    let owner: ContainerTools;
    let layouts = 0;

    beforeAll(async () => {
      fixture = await DockerFixture.start(kind);
      host = fixture.registry.host;
      anonymous = fixture.tools('anonymous');
      owner = fixture.tools('alice');
      succeeded(await owner.podmanLogin(host, alice.name, alice.password));
    });
    afterAll(() => fixture?.stop());

    const dockerReference = (name: string) => `docker://${host}/${name}`;
    /** Creates an image on disk and returns its skopeo reference and digest. */
    const createLayout = () => {
      const folder = fixture.path(`layout-${(layouts += 1)}`);
      const digest = writeOciLayout(folder, 'v1');
      return { image: `oci:${folder}:v1`, digest };
    };

    it('podman logs in, and reports a wrong password', async () => {
      const user = fixture.tools('newcomer');
      assert.match(succeeded(await user.podmanLogin(host, bob.name, bob.password)).stdout, /Login Succeeded/);
      const wrong = refused(await user.podmanLogin(host, bob.name, 'not my password'));
      assert.match(wrong, /invalid username\/password/);
    });

    it('skopeo copies an image into the registry, and from repository to repository', async () => {
      const { image, digest } = createLayout();
      succeeded(await owner.skopeoCopy(image, dockerReference('alice/copied:v1')));
      const tag = await until(5_000, () => fixture.api().tag('alice/copied', 'v1'));
      assert.equal(tag.digest, digest);
      assert.deepEqual(
        tag.platforms.map(({ os, architecture }) => `${os}/${architecture}`),
        ['linux/amd64'],
      );
      succeeded(
        await owner.skopeoCopy(dockerReference('alice/copied:v1'), dockerReference('alice/again:v2')),
      );
      assert.equal((await until(5_000, () => fixture.api().tag('alice/again', 'v2'))).digest, digest);
    });

    it('skopeo is denied in foreign namespaces and without a login', async () => {
      const { image } = createLayout();
      // zot responds 401, not 403, to a token that does not suffice.
      const denied = kind === 'zot' ? /unauthorized/ : /denied/;
      assert.match(refused(await owner.skopeoCopy(image, dockerReference('bob/copied:v1'))), denied);
      assert.match(
        refused(await anonymous.skopeoCopy(image, dockerReference('alice/copied:v1'))),
        /denied|unauthorized/,
      );
      assert.deepEqual(await fixture.api().tags('bob/copied'), []);
    });

    it('skopeo deletes as the owner only, and the index deletes the tag', async () => {
      const { image } = createLayout();
      succeeded(await owner.skopeoCopy(image, dockerReference('alice/short-lived:v1')));
      assert.ok(await until(5_000, () => fixture.api().tag('alice/short-lived', 'v1')));
      const other = fixture.tools('bob');
      succeeded(await other.podmanLogin(host, bob.name, bob.password));
      refused(await other.skopeo('delete', dockerReference('alice/short-lived:v1')));
      refused(await anonymous.skopeo('delete', dockerReference('alice/short-lived:v1')));
      assert.ok(await fixture.api().tag('alice/short-lived', 'v1'));
      succeeded(await owner.skopeo('delete', dockerReference('alice/short-lived:v1')));
      await until(5_000, async () => (await fixture.api().tags('alice/short-lived')).length === 0);
      refused(await anonymous.skopeo('inspect', dockerReference('alice/short-lived:v1')));
    });

    it('skopeo and podman list tags', async () => {
      succeeded(await owner.skopeoCopy(createLayout().image, dockerReference('alice/listed:v1')));
      const { stdout } = succeeded(await anonymous.skopeo('list-tags', dockerReference('alice/listed')));
      assert.deepEqual((JSON.parse(stdout) as { Tags: string[] }).Tags, ['v1']);
      const listed = succeeded(await anonymous.podman(['search', '--list-tags', `${host}/alice/listed`]));
      assert.match(listed.stdout, /alice\/listed +v1/);
    });

    it('podman pushes, and pulls without an account', async () => {
      const { image, digest } = createLayout();
      succeeded(await owner.skopeoCopy(image, dockerReference('alice/carried:v1')));
      const { stdout } = succeeded(await anonymous.podman(['pull', '--quiet', `${host}/alice/carried:v1`]));
      assert.match(stdout.trim(), /^[0-9a-f]{64}$/);
      const pulled = succeeded(await owner.podman(['pull', '--quiet', `${host}/alice/carried@${digest}`]));
      const id = pulled.stdout.trim();
      succeeded(await owner.podman(['push', id, `${host}/alice/carried:v2`]));
      assert.ok(await until(5_000, () => fixture.api().tag('alice/carried', 'v2')));
    });

    it('podman pulls a private image as its owner only', async () => {
      await fixture.api(alice).createRepository('alice', { name: 'locked', visibility: 'private' });
      succeeded(await owner.skopeoCopy(createLayout().image, dockerReference('alice/locked:v1')));
      refused(await anonymous.podman(['pull', `${host}/alice/locked:v1`]));
      succeeded(await owner.podman(['pull', `${host}/alice/locked:v1`]));
    });

    it('podman searches, with its limit and filters', async () => {
      const admin = fixture.tools('olga');
      succeeded(await admin.podmanLogin(host, olga.name, olga.password));
      succeeded(
        await fixture.index.command(['official', 'add', 'harbour', '--description', 'Ships and more ships.']),
      );
      succeeded(await admin.skopeoCopy(createLayout().image, dockerReference('harbour:1')));
      succeeded(await owner.skopeoCopy(createLayout().image, dockerReference('alice/harbour-crane:1')));
      await until(5_000, () => fixture.api().repository('alice/harbour-crane'));
      await fixture.api(bob).star('alice/harbour-crane');

      const search = async (...options: string[]) => {
        const args = ['search', '--format', '{{.Name}} {{.Stars}} {{.Official}}', ...options];
        const output = succeeded(await anonymous.podman([...args, `${fixture.index.host}/harbour`]));
        return output.stdout
          .split('\n')
          .filter((line) => line !== '')
          .map((line) => line.trim());
      };
      const official = `${fixture.index.host}/harbour 0 [OK]`;
      const starred = `${fixture.index.host}/alice/harbour-crane 1`;
      await until(5_000, async () => (await search()).join() === [official, starred].join());
      assert.deepEqual(await search('--limit', '1'), [official]);
      assert.deepEqual(await search('--filter', 'is-official=true'), [official]);
      assert.deepEqual(await search('--filter', 'stars=1'), [starred]);
      const table = succeeded(await anonymous.podman(['search', `${fixture.index.host}/harbour`]));
      assert.match(table.stdout, /^NAME +DESCRIPTION/);
      assert.match(table.stdout, /\/harbour +Ships and more ships\./);
    });
  });
}
