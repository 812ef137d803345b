import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DomainError } from '@central-index/platform/errors';
import fc from 'fast-check';
import { readConfig, readManifest } from './manifest';

const digest = `sha256:${'a'.repeat(64)}`;
const config = { mediaType: 'application/vnd.oci.image.config.v1+json', digest, size: 10 };
const layer = { mediaType: 'application/vnd.oci.image.layer.v1.tar', digest, size: 100 };
const read = (manifest: unknown): ReturnType<typeof readManifest> =>
  readManifest(Buffer.from(JSON.stringify(manifest)));

describe('a manifest', () => {
  it('of an image has the bytes of its configuration and layers', () => {
    assert.deepEqual(read({ schemaVersion: 2, config, layers: [layer, layer] }), {
      kind: 'image',
      size: 210,
      config: digest,
    });
  });

  it('of something else than an image has no configuration to ask for', () => {
    const artifact = {
      schemaVersion: 2,
      config: { ...config, mediaType: 'application/vnd.oci.empty.v1+json' },
      layers: [],
    };
    assert.deepEqual(read(artifact), { kind: 'image', size: 10, config: undefined });
  });

  it('of schema 1 says its processor and no size', () => {
    assert.deepEqual(read({ schemaVersion: 1, name: 'a', architecture: 'amd64', fsLayers: [] }), {
      kind: 'image',
      platform: { os: 'linux', architecture: 'amd64' },
    });
  });

  it('of an index lists images with their platforms, and tells statements about them apart', () => {
    const arm = { os: 'linux', architecture: 'arm64', variant: 'v8' };
    const index = {
      schemaVersion: 2,
      manifests: [
        { digest, size: 1, platform: { ...arm, 'os.version': '1' } },
        { digest, size: 1 },
        { digest, size: 1, platform: { os: 'unknown', architecture: 'unknown' } },
        { digest, size: 1, annotations: { 'vnd.docker.reference.type': 'attestation-manifest' } },
      ],
    };
    assert.deepEqual(read(index), {
      kind: 'index',
      entries: [
        { digest, platform: arm, attestation: false },
        { digest, platform: undefined, attestation: false },
        { digest, platform: { os: 'unknown', architecture: 'unknown' }, attestation: true },
        { digest, platform: undefined, attestation: true },
      ],
    });
  });

  const refused: [string, unknown][] = [
    ['an image and an index at once', { schemaVersion: 2, config, layers: [], manifests: [] }],
    ['an index with a configuration', { schemaVersion: 2, config, manifests: [] }],
    ['an index with layers of schema 1', { schemaVersion: 1, fsLayers: [], manifests: [] }],
    ['nothing', null],
    ['a list', []],
    ['no schema', { config, layers: [] }],
    ['no configuration', { schemaVersion: 2, layers: [] }],
    ['no layers', { schemaVersion: 2, config }],
    ['layers that are no list', { schemaVersion: 2, config, layers: {} }],
    ['a negative size', { schemaVersion: 2, config, layers: [{ ...layer, size: -1 }] }],
    ['half a byte', { schemaVersion: 2, config, layers: [{ ...layer, size: 0.5 }] }],
    ['a size in words', { schemaVersion: 2, config, layers: [{ ...layer, size: '1' }] }],
    [
      'more than can be counted',
      { schemaVersion: 2, config, layers: Array(3).fill({ ...layer, size: 2 ** 53 - 1 }) },
    ],
    [
      'a configuration without digest',
      { schemaVersion: 2, config: { ...config, digest: '../x' }, layers: [] },
    ],
    ['an entry without digest', { schemaVersion: 2, manifests: [{}] }],
  ];
  for (const [what, manifest] of refused) {
    it(`that is ${what} is refused`, () => assert.throws(() => read(manifest), unreadable));
  }

  it('of any shape is read or refused, nothing else', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        try {
          readManifest(Buffer.from(text));
        } catch (error) {
          assert.ok(unreadable(error));
        }
      }),
    );
  });
});

describe('a configuration', () => {
  it('says the platform in plain words, or none', () => {
    const platform = (value: object) => readConfig(Buffer.from(JSON.stringify(value)));
    assert.deepEqual(platform({ os: 'linux', architecture: 's390x', rootfs: {} }), {
      os: 'linux',
      architecture: 's390x',
    });
    assert.deepEqual(platform({ os: 'linux', architecture: 'arm', variant: '<b>' }), {
      os: 'linux',
      architecture: 'arm',
    });
    for (const os of ['', 'a\0b', '<script>', 7, null, undefined, 'x'.repeat(65)]) {
      assert.equal(platform({ os, architecture: 'amd64' }), undefined);
    }
  });
});

const unreadable = (error: unknown): boolean =>
  error instanceof DomainError && error.code === 'IMAGE_UNREADABLE';
