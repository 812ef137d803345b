import assert from 'node:assert/strict';
import { afterAll, beforeAll, it } from '@jest/globals';
import type { ContainerTools } from './support/clients';
import { until } from './support/until';
import { writeOciLayout } from './support/oci-layout';
import { refused, succeeded } from './support/processes';
import { describeWithReal } from './support/describe-with-real';
import { craneProgram, generations, registryProgram } from './support/programs';
import { alice, bob, DockerFixture } from './support/docker-fixture';

for (const generation of generations) {
  describeWithReal(`crane with ${generation}`, [craneProgram(), registryProgram(generation)], () => {
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
      succeeded(await owner.craneLogin(host, alice.name, alice.password));
    });
    afterAll(() => stage?.stop());

    /** Pushes an image like no other as alice; answers its digest. */
    const push = async (name: string) => {
      const folder = stage.path(`layout-${(layouts += 1)}`);
      const digest = writeOciLayout(folder, 'latest');
      succeeded(await owner.crane('push', folder, `${host}/${name}`));
      return digest;
    };
    const lines = (text: string) => text.split('\n').filter((line) => line !== '');

    it('pushes, lists and pulls', async () => {
      const digest = await push('alice/lifted:v1');
      assert.deepEqual(lines(succeeded(await anybody.crane('ls', `${host}/alice/lifted`)).stdout), ['v1']);
      assert.equal(succeeded(await anybody.crane('digest', `${host}/alice/lifted:v1`)).stdout.trim(), digest);
      const tag = await until(5_000, () => stage.api().tag('alice/lifted', 'v1'));
      assert.equal(tag.digest, digest);
      succeeded(await anybody.crane('pull', `${host}/alice/lifted:v1`, stage.path('lifted.tar')));
    });

    it('is refused elsewhere, and with a wrong password', async () => {
      await push('alice/mine:v1');
      const wrong = stage.tools('mistyping');
      await wrong.craneLogin(host, alice.name, 'not my password');
      assert.match(refused(await wrong.crane('ls', `${host}/alice/mine`)), /incorrect username or password/);
      const other = stage.tools('bob');
      succeeded(await other.craneLogin(host, bob.name, bob.password));
      const folder = stage.path(`layout-${layouts}`);
      for (const person of [other, anybody]) {
        // After a refusal crane asks for another token and sends the manifest again, whose bytes it has sent already. Now
        // and then it notices that before it reads the second refusal, and tells of it instead.
        assert.match(
          refused(await person.crane('push', folder, `${host}/alice/mine:v2`)),
          /DENIED|UNAUTHORIZED|with Body length 0/,
        );
      }
      assert.deepEqual(lines(succeeded(await anybody.crane('ls', `${host}/alice/mine`)).stdout), ['v1']);
    });

    it('gives an image a second tag', async () => {
      const digest = await push('alice/twice:v1');
      succeeded(await owner.crane('tag', `${host}/alice/twice:v1`, 'v2'));
      assert.equal((await until(5_000, () => stage.api().tag('alice/twice', 'v2'))).digest, digest);
      assert.equal((await until(5_000, () => stage.api().tag('alice/twice', 'v1'))).digest, digest);
    });

    it('deletes by digest, and every tag of it goes', async () => {
      const digest = await push('alice/waning:v1');
      const kept = await push('alice/waning:kept');
      succeeded(await owner.crane('tag', `${host}/alice/waning:v1`, 'v2'));
      await until(5_000, async () => (await stage.api().tags('alice/waning')).length === 3);
      refused(await anybody.crane('delete', `${host}/alice/waning@${digest}`));
      succeeded(await owner.crane('delete', `${host}/alice/waning@${digest}`));
      const left = await until(5_000, async () => {
        const tags = await stage.api().tags('alice/waning');
        return tags.length === 1 && tags[0];
      });
      assert.deepEqual([left.name, left.digest], ['kept', kept]);
    });

    if (generation === 'distribution3') {
      it('deletes one tag and leaves the image under its other', async () => {
        const digest = await push('alice/untagged:v1');
        succeeded(await owner.crane('tag', `${host}/alice/untagged:v1`, 'v2'));
        await until(5_000, async () => (await stage.api().tags('alice/untagged')).length === 2);
        succeeded(await owner.crane('delete', `${host}/alice/untagged:v1`));
        const left = await until(5_000, async () => {
          const tags = await stage.api().tags('alice/untagged');
          return tags.length === 1 && tags[0];
        });
        assert.deepEqual([left.name, left.digest], ['v2', digest]);
      });
    } else {
      it('is told that this registry deletes no single tag, and nothing changes', async () => {
        const digest = await push('alice/untagged:v1');
        assert.ok(await until(5_000, () => stage.api().tag('alice/untagged', 'v1')));
        assert.match(
          refused(await owner.crane('delete', `${host}/alice/untagged:v1`)),
          /DIGEST_INVALID|UNSUPPORTED/,
        );
        assert.equal((await stage.api().tag('alice/untagged', 'v1'))?.digest, digest);
      });
    }

    it('joins images to an index, whose platforms the index knows', async () => {
      await push('alice/many:one');
      await push('alice/many:two');
      const parts = ['one', 'two'].flatMap((tag) => ['--manifest', `${host}/alice/many:${tag}`]);
      succeeded(await owner.crane('index', 'append', '--tag', `${host}/alice/many:all`, ...parts));
      const tag = await until(5_000, () => stage.api().tag('alice/many', 'all'));
      assert.match(tag.media_type, /image\.index|manifest\.list/);
      assert.equal(
        tag.digest,
        succeeded(await anybody.crane('digest', `${host}/alice/many:all`)).stdout.trim(),
      );
      assert.ok(tag.platforms.some(({ os, architecture }) => os === 'linux' && architecture === 'amd64'));
    });

    it('copies from one repository to another', async () => {
      const digest = await push('alice/source:v1');
      succeeded(await owner.crane('copy', `${host}/alice/source:v1`, `${host}/alice/target:v1`));
      assert.equal((await until(5_000, () => stage.api().tag('alice/target', 'v1'))).digest, digest);
    });
  });
}
