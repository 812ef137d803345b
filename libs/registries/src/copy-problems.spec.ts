import assert from 'node:assert/strict';
import { afterAll, afterEach, beforeAll, describe, it } from '@jest/globals';
import { FakeRegistry } from '../../../test/support/fake-registry';
import { content, imageOf, indexOf, type Content, type TestImage } from '../../../test/support/images';
import { PlainTokens } from '../../../test/support/plain-tokens';
import type { Registry } from './registry';
import { RegistryClient } from './registry-client';
import { RegistryCopier, type CopyEndpoint, type CopyOutcome } from './registry-copier';

const gzip = 'application/vnd.oci.image.layer.v1.tar+gzip';

describe('what cannot be copied', () => {
  let from: FakeRegistry;
  let to: FakeRegistry;
  let number = 0;
  const tokens = new PlainTokens();
  const copier = new RegistryCopier(tokens, new RegistryClient(tokens));
  beforeAll(async () => {
    from = await FakeRegistry.start({ service: 'from' });
    to = await FakeRegistry.start({ service: 'to' });
  });
  afterEach(() => {
    from.fault = () => undefined;
    to.fault = () => undefined;
  });
  afterAll(async () => {
    await from.stop();
    await to.stop();
  });

  const end = (fake: FakeRegistry, service: string, path: string): CopyEndpoint => ({
    registry: { name: service, url: fake.url, service, kind: 'distribution2' } as Registry,
    path,
  });
  /** An image with a configuration, a layer, and a second one of that type and with these URLs. */
  const imageWith = (mediaType: string, urls?: readonly string[]): TestImage & { readonly last: Content } => {
    const [config, first, last] = ['{}', 'first', `last ${mediaType}`].map((text) => content(gzip, text));
    const descriptor = (blob: Content, type: string, more: object = {}): object => {
      return { mediaType: type, digest: blob.digest, size: blob.body.length, ...more };
    };
    const type = 'application/vnd.oci.image.manifest.v1+json';
    const manifest = {
      schemaVersion: 2,
      mediaType: type,
      config: descriptor(config!, 'application/vnd.oci.image.config.v1+json'),
      layers: [descriptor(first!, gzip), descriptor(last!, mediaType, urls === undefined ? {} : { urls })],
    };
    return {
      ...content(type, JSON.stringify(manifest)),
      blobs: [config!, first!, last!],
      children: [],
      last: last!,
    };
  };
  const copy = async (
    image: TestImage,
    lacking?: Content,
  ): Promise<CopyOutcome & { path: string; hasLast: boolean; stored: boolean }> => {
    const path = `alice/app${(number += 1)}`;
    const blobs = image.blobs.filter((blob) => blob !== lacking);
    from.fill(path, { ...image, blobs }, ['v1']);
    const outcome = await copier.copy(end(from, 'from', path), end(to, 'to', path), 'v1');
    const last = image.blobs.at(-1)!.digest;
    const hasLast = await new RegistryClient(tokens).hasBlob(end(to, 'to', path).registry, path, last);
    return { ...outcome, path, hasLast, stored: to.contents(path).tags.v1 === image.digest };
  };

  const external: [string, string, string[] | undefined][] = [
    [
      'a foreign layer',
      'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip',
      ['https://example.org/l'],
    ],
    ['a foreign layer without URLs', 'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip', undefined],
    [
      'a layer that may not be distributed',
      'application/vnd.oci.image.layer.nondistributable.v1.tar+zstd',
      undefined,
    ],
    ['a layer with URLs', gzip, ['https://example.org/layer']],
  ];
  for (const [what, mediaType, urls] of external) {
    it(`is not missed when it is ${what} that the source does not have`, async () => {
      const image = imageWith(mediaType, urls);
      const { found, problems, hasLast, stored } = await copy(image, image.last);
      assert.deepEqual(
        { found, problems, hasLast, stored },
        { found: true, problems: [], hasLast: false, stored: true },
      );
      // A move must not lose what the source has.
      assert.equal((await copy(image)).hasLast, true);
    });
  }

  it('is named with its digest, and nothing of the image is stored that would refer to it', async () => {
    const image = imageWith(gzip, []);
    const { problems, path, stored } = await copy(image, image.last);
    assert.deepEqual(problems, [
      {
        digest: image.last.digest,
        reason: 'the registry from sent an invalid response: a manifest whose blob it does not have',
      },
    ]);
    assert.equal(stored, false);
    const { registry } = end(to, 'to', path);
    const client = new RegistryClient(tokens);
    assert.equal(await client.hasBlob(registry, path, image.blobs[1]!.digest), true, 'the others are copied');
  });

  const rejections: [string, Exclude<ReturnType<FakeRegistry['fault']>, 'cut' | undefined>, RegExp][] = [
    ['400', { status: 400, codes: ['MANIFEST_INVALID'] }, /it rejects it \(400 MANIFEST_INVALID\)$/],
    [
      '500 that names a blob',
      { status: 500, codes: ['UNKNOWN', 'UNKNOWN', 'MANIFEST_BLOB_UNKNOWN'] },
      /it rejects it \(500 MANIFEST_BLOB_UNKNOWN\)$/,
    ],
    ['403 of a policy', { status: 403, codes: ['DENIED'] }, /it rejects it \(403 DENIED\)$/],
    ['405', { status: 405, codes: ['UNSUPPORTED'] }, /it takes no pushes \(405 UNSUPPORTED\)$/],
    ['405 without a body', 405, /it takes no pushes \(405\)$/],
    ['413 of a proxy', 413, /it rejects it \(413\)$/],
    ['415', { status: 415, codes: ['MANIFEST_INVALID'] }, /it rejects it \(415 MANIFEST_INVALID\)$/],
  ];
  for (const [what, fault, reason] of rejections) {
    it(`is a manifest for which the target responds ${what}`, async () => {
      const image = imageOf('rejected');
      to.fault = (path, method) => (method === 'PUT' && path.includes('/manifests/') ? fault : undefined);
      const { problems } = await copy(image);
      assert.deepEqual(
        problems.map(({ digest }) => digest),
        [image.digest],
      );
      assert.match(problems[0]!.reason, reason);
    });
  }

  it('is nothing that may be copied a moment later: the copy fails and is repeated', async () => {
    const faults: [ReturnType<FakeRegistry['fault']>, string][] = [
      [500, 'REGISTRY_ERROR'],
      [{ status: 500, codes: ['UNKNOWN'] }, 'REGISTRY_ERROR'],
      [{ status: 404, codes: ['BLOB_UPLOAD_UNKNOWN'] }, 'REGISTRY_ERROR'],
      [{ status: 429, codes: ['TOOMANYREQUESTS'] }, 'REGISTRY_ERROR'],
      [503, 'REGISTRY_ERROR'],
      [400, 'REGISTRY_ERROR'],
      [404, 'REGISTRY_ERROR'],
      [403, 'REGISTRY_UNAUTHORIZED'],
      [{ status: 401, codes: ['UNAUTHORIZED'] }, 'REGISTRY_UNAUTHORIZED'],
      ['cut', 'REGISTRY_UNREACHABLE'],
    ];
    for (const [fault, code] of faults) {
      to.fault = (path, method) => (method === 'PUT' && path.includes('/manifests/') ? fault : undefined);
      await assert.rejects(copy(imageOf('again')), { code }, JSON.stringify(fault));
    }
    to.fault = () => undefined;
    const isBlob = (path: string): boolean => path.includes('/blobs/');
    for (const fault of [404, 500, 503]) {
      from.fault = (path) => (isBlob(path) ? fault : undefined);
      await assert.rejects(copy(imageOf('again')), { code: 'REGISTRY_ERROR' }, String(fault));
    }
  });

  it('is an index when the target does not take it without an entry that the source lacks', async () => {
    const [one, two] = [imageOf('one'), imageOf('two')];
    const index = indexOf(one, two);
    const path = 'alice/sparse';
    from.fill(path, one, []);
    from.fill(path, { ...index, blobs: [] }, ['v1']);
    const ends = [end(from, 'from', path), end(to, 'to', path), 'v1'] as const;
    to.fault = (url, method) =>
      method === 'PUT' && url.endsWith('/manifests/v1')
        ? { status: 400, codes: ['MANIFEST_BLOB_UNKNOWN'] }
        : undefined;
    const { problems } = await copier.copy(...ends);
    assert.deepEqual(
      problems.map(({ digest }) => digest),
      [index.digest],
    );
    assert.ok(problems[0]!.reason.includes(`lists ${two.digest}, which the source does not have`));
    to.fault = () => undefined;
    assert.deepEqual(await copier.copy(...ends), { found: true, problems: [] });
    assert.deepEqual(await copier.copy(ends[0], ends[1], 'absent'), { found: false, problems: [] });
  });
});
