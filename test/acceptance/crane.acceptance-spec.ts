import assert from 'node:assert/strict';
import { afterAll, beforeAll, it } from '@jest/globals';
import type { ContainerTools } from './support/clients';
import { until } from './support/until';
import { writeOciLayout } from './support/oci-layout';
import { refused, succeeded } from './support/processes';
import { describeWithReal } from './support/describe-with-real';
import { craneProgram, registryKinds, registryProgram } from './support/programs';
import { alice, bob, DockerFixture } from './support/docker-fixture';

for (const kind of registryKinds) {
  describeWithReal(`crane with ${kind}`, [craneProgram(), registryProgram(kind)], () => {
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
      succeeded(await owner.craneLogin(host, alice.name, alice.password));
    });
    afterAll(() => fixture?.stop());

    /** Pushes a unique image as alice and returns its digest. */
    const push = async (name: string) => {
      const folder = fixture.path(`layout-${(layouts += 1)}`);
      const digest = writeOciLayout(folder, 'latest');
      succeeded(await owner.crane('push', folder, `${host}/${name}`));
      return digest;
    };
    const lines = (text: string) => text.split('\n').filter((line) => line !== '');

    it('pushes, lists and pulls', async () => {
      const digest = await push('alice/lifted:v1');
      assert.deepEqual(lines(succeeded(await anonymous.crane('ls', `${host}/alice/lifted`)).stdout), ['v1']);
      assert.equal(
        succeeded(await anonymous.crane('digest', `${host}/alice/lifted:v1`)).stdout.trim(),
        digest,
      );
      const tag = await until(5_000, () => fixture.api().tag('alice/lifted', 'v1'));
      assert.equal(tag.digest, digest);
      succeeded(await anonymous.crane('pull', `${host}/alice/lifted:v1`, fixture.path('lifted.tar')));
    });

    it('is denied in foreign namespaces and with a wrong password', async () => {
      await push('alice/mine:v1');
      const mistyping = fixture.tools('mistyping');
      await mistyping.craneLogin(host, alice.name, 'not my password');
      assert.match(
        refused(await mistyping.crane('ls', `${host}/alice/mine`)),
        /incorrect username or password/,
      );
      const other = fixture.tools('bob');
      succeeded(await other.craneLogin(host, bob.name, bob.password));
      const folder = fixture.path(`layout-${layouts}`);
      for (const user of [other, anonymous]) {
        // After a 401, crane requests another token and sends the manifest again, whose bytes it has already sent.
        // Sometimes it detects that before it reads the second 401, and reports it instead.
        assert.match(
          refused(await user.crane('push', folder, `${host}/alice/mine:v2`)),
          /DENIED|UNAUTHORIZED|with Body length 0/,
        );
      }
      assert.deepEqual(lines(succeeded(await anonymous.crane('ls', `${host}/alice/mine`)).stdout), ['v1']);
    });

    it('adds a second tag to an image', async () => {
      const digest = await push('alice/twice:v1');
      succeeded(await owner.crane('tag', `${host}/alice/twice:v1`, 'v2'));
      assert.equal((await until(5_000, () => fixture.api().tag('alice/twice', 'v2'))).digest, digest);
      assert.equal((await until(5_000, () => fixture.api().tag('alice/twice', 'v1'))).digest, digest);
    });

    it('deletes by digest, including every tag of the image', async () => {
      const digest = await push('alice/waning:v1');
      const kept = await push('alice/waning:kept');
      succeeded(await owner.crane('tag', `${host}/alice/waning:v1`, 'v2'));
      await until(5_000, async () => (await fixture.api().tags('alice/waning')).length === 3);
      refused(await anonymous.crane('delete', `${host}/alice/waning@${digest}`));
      succeeded(await owner.crane('delete', `${host}/alice/waning@${digest}`));
      const remaining = await until(5_000, async () => {
        const tags = await fixture.api().tags('alice/waning');
        return tags.length === 1 && tags[0];
      });
      assert.deepEqual([remaining.name, remaining.digest], ['kept', kept]);
    });

    if (kind !== 'distribution2') {
      it('deletes one tag and keeps the image with its other tag', async () => {
        const digest = await push('alice/untagged:v1');
        succeeded(await owner.crane('tag', `${host}/alice/untagged:v1`, 'v2'));
        await until(5_000, async () => (await fixture.api().tags('alice/untagged')).length === 2);
        succeeded(await owner.crane('delete', `${host}/alice/untagged:v1`));
        const remaining = await until(5_000, async () => {
          const tags = await fixture.api().tags('alice/untagged');
          return tags.length === 1 && tags[0];
        });
        assert.deepEqual([remaining.name, remaining.digest], ['v2', digest]);
      });
    } else {
      it('gets an error because this registry deletes no single tag, and nothing changes', async () => {
        const digest = await push('alice/untagged:v1');
        assert.ok(await until(5_000, () => fixture.api().tag('alice/untagged', 'v1')));
        assert.match(
          refused(await owner.crane('delete', `${host}/alice/untagged:v1`)),
          /DIGEST_INVALID|UNSUPPORTED/,
        );
        assert.equal((await fixture.api().tag('alice/untagged', 'v1'))?.digest, digest);
      });
    }

    it('combines images to an image index, with its platforms in the API', async () => {
      await push('alice/many:one');
      await push('alice/many:two');
      const parts = ['one', 'two'].flatMap((tag) => ['--manifest', `${host}/alice/many:${tag}`]);
      succeeded(await owner.crane('index', 'append', '--tag', `${host}/alice/many:all`, ...parts));
      const tag = await until(5_000, () => fixture.api().tag('alice/many', 'all'));
      assert.match(tag.media_type, /image\.index|manifest\.list/);
      assert.equal(
        tag.digest,
        succeeded(await anonymous.crane('digest', `${host}/alice/many:all`)).stdout.trim(),
      );
      assert.ok(tag.platforms.some(({ os, architecture }) => os === 'linux' && architecture === 'amd64'));
    });

    it('copies from one repository to another', async () => {
      const digest = await push('alice/source:v1');
      succeeded(await owner.crane('copy', `${host}/alice/source:v1`, `${host}/alice/target:v1`));
      assert.equal((await until(5_000, () => fixture.api().tag('alice/target', 'v1'))).digest, digest);
    });
  });
}
