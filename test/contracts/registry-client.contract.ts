import assert from 'node:assert/strict';
import { afterAll, beforeAll, it } from '@jest/globals';
import { RegistryClient, RegistryCopier, type Registry } from '@central-index/registries';
import { content, imageOf, indexOf } from '../support/images';
import { PlainTokens } from '../support/plain-tokens';
import type { Generation } from '../support/registry-event-bodies';
import { RegistryUser } from '../support/registry-user';
import { describeUnless } from '../support/jest';

/** A registry under test, empty at the start. */
export interface RegistryUnderContract {
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * The behaviour of registries that the index relies on. It runs on the stand-in that other specs use and on real
 * registries, so that the stand-in stays equal to them.
 */
export function registryClientContract(
  name: string,
  generation: Generation,
  open: () => Promise<RegistryUnderContract>,
  options: { skip?: string | false; validates?: boolean } = {},
): void {
  describeUnless(options.skip, `the registry client at ${name}`, () => {
    let under: RegistryUnderContract;
    let registry: Registry;
    let user: RegistryUser;
    const client = new RegistryClient(new PlainTokens());
    const [one, two] = [imageOf('one'), imageOf('two', { os: 'linux', architecture: 'arm64' })];
    const both = indexOf(one, two);
    beforeAll(async () => {
      under = await open();
      user = new RegistryUser(under.url, 'alice');
      registry = {
        id: '1',
        name,
        url: under.url,
        host: new URL(under.url).host,
        hookUrl: null,
        service: 'main',
        kind: ({ '2.8': 'distribution2', '3.x': 'distribution3', zot: 'zot' } as const)[generation],
        tokenTtl: null,
        tokenAlgorithm: 'ES256',
        createdAt: new Date(),
      };
      for (const path of ['a/one', 'b/two', 'c/three', 'd/four', 'e/five']) await user.push(path, one, 'v1');
      for (const tag of ['v2', 'v3', 'v4', 'v5']) await user.push('a/one', two, tag);
      await user.push('a/one', both, 'multi');
    });
    afterAll(() => under.stop());

    it('reads images and indexes by tag and by digest, as they were pushed', async () => {
      for (const [reference, image] of [
        ['v1', one],
        [one.digest, one],
        ['multi', both],
        [both.digest, both],
      ] as const) {
        const manifest = await client.manifest(registry, 'a/one', reference);
        assert.deepEqual(manifest, { digest: image.digest, mediaType: image.mediaType, body: image.body });
      }
    });

    it('returns nothing for absent manifests, blobs and repositories', async () => {
      assert.equal(await client.manifest(registry, 'a/one', 'absent'), undefined);
      assert.equal(await client.manifest(registry, 'a/one', `sha256:${'0'.repeat(64)}`), undefined);
      assert.equal(await client.manifest(registry, 'no/such', 'v1'), undefined);
      assert.equal(await client.blob(registry, 'a/one', `sha256:${'0'.repeat(64)}`), undefined);
      assert.deepEqual(await client.tags(registry, 'no/such'), []);
    });

    it('means for good what it does not have, and what it does not do', async () => {
      const absent = `sha256:${'0'.repeat(64)}`;
      for (const path of ['a/one', 'no/such']) {
        assert.equal(await client.deleteManifest(registry, path, absent), 'deleted', path);
        assert.equal(
          await client.deleteTag(registry, path, 'absent'),
          generation === '2.8' ? 'by-digest-only' : 'deleted',
          path,
        );
        assert.equal(await client.digest(registry, path, 'absent'), undefined);
      }
    });

    if (options.validates) {
      it('has referrers, or says for good that it has no such API', async () => {
        const referrers = await client.referrers(registry, 'a/one', one.digest);
        assert.deepEqual(referrers, generation === 'zot' ? [] : undefined);
      });

      it('rejects for good a manifest without its blobs, and a layer with URLs that it does not allow', async () => {
        const copier = new RegistryCopier(new PlainTokens(), client);
        const layer = {
          mediaType: 'application/vnd.oci.image.layer.v1.tar',
          digest: `sha256:${'0'.repeat(64)}`,
          size: 1,
        };
        const urls = ['https://example.org/layer'];
        const foreign = 'application/vnd.oci.image.layer.nondistributable.v1.tar';
        const { config } = JSON.parse(one.body.toString()) as { config: object };
        const elsewhere = [[{ ...layer, urls }], [{ ...layer, urls, mediaType: foreign }]];
        for (const layers of [[layer], ...(generation === 'zot' ? [] : elsewhere)]) {
          const body = JSON.stringify({ schemaVersion: 2, mediaType: one.mediaType, config, layers });
          const manifest = content(one.mediaType, body);
          await assert.rejects(
            copier.putManifest({ registry, path: 'a/one' }, manifest, 'rejected'),
            { code: 'REGISTRY_REJECTED', message: /BLOB_UNKNOWN|MANIFEST_INVALID/ },
            body,
          );
        }
      });
    }

    it('reads the bytes of a blob', async () => {
      const [config] = one.blobs;
      assert.deepEqual(await client.blob(registry, 'a/one', config!.digest), config!.body);
    });

    it('lists all tags and the whole catalog over several pages', async () => {
      assert.deepEqual((await client.tags(registry, 'a/one')).sort(), [
        'multi',
        'v1',
        'v2',
        'v3',
        'v4',
        'v5',
      ]);
      const catalog: string[] = [];
      for await (const page of client.catalog(registry)) catalog.push(...page);
      assert.deepEqual(catalog, ['a/one', 'b/two', 'c/three', 'd/four', 'e/five']);
    });

    it('does not find deleted manifests: deletion by digest and, except at 2.8, by tag', async () => {
      const byTag = generation !== '2.8';
      assert.equal(await user.delete('a/one', 'v5'), byTag ? 202 : 400);
      const remaining = await client.manifest(registry, 'a/one', 'v5');
      assert.equal(remaining?.digest, byTag ? undefined : two.digest);
      assert.equal(await user.delete('b/two', one.digest), 202);
      assert.equal(await client.manifest(registry, 'b/two', 'v1'), undefined);
      assert.equal(await client.manifest(registry, 'b/two', one.digest), undefined);
      assert.deepEqual(await client.tags(registry, 'b/two'), []);
    });

    it('states what it deletes, and what it keeps because an index lists it', async () => {
      const absent = `sha256:${'0'.repeat(64)}`;
      assert.equal(await client.deleteManifest(registry, 'a/one', absent), 'deleted');
      assert.equal(await client.deleteManifest(registry, 'no/such', absent), 'deleted');
      const tag = await client.deleteTag(registry, 'c/three', 'absent');
      assert.equal(tag, generation === '2.8' ? 'by-digest-only' : 'deleted');
      const outcome = await client.deleteManifest(registry, 'a/one', one.digest);
      assert.equal(outcome, generation === 'zot' ? 'referenced' : 'deleted');
      assert.equal(await client.deleteManifest(registry, 'a/one', both.digest), 'deleted');
      assert.equal(await client.deleteManifest(registry, 'a/one', one.digest), 'deleted');
      assert.equal(await client.manifest(registry, 'a/one', one.digest), undefined);
    });

    it('has a blob in the repositories that it was pushed to, and in no others', async () => {
      const [config] = one.blobs;
      assert.equal(await client.hasBlob(registry, 'd/four', config!.digest), true);
      assert.equal(await client.hasBlob(registry, 'no/such', config!.digest), false);
    });

    it('lists referrers where it has that API', async () => {
      const listed = await client.referrers(registry, 'd/four', one.digest);
      assert.deepEqual(listed, generation === 'zot' ? [] : undefined);
    });
  });
}
