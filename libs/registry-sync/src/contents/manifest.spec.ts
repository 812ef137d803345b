import assert from 'node:assert/strict';
import { describe, it } from '@jest/globals';
import { DomainError } from '@central-index/platform/errors';
import fc from 'fast-check';
import { readConfig, readManifest } from './manifest';

const digest = `sha256:${'a'.repeat(64)}`;
const config = { mediaType: 'application/vnd.oci.image.config.v1+json', digest, size: 10 };
const layer = { mediaType: 'application/vnd.oci.image.layer.v1.tar', digest, size: 100 };
const silent = { artifactType: undefined, subject: undefined, labels: {} };
const read = (manifest: unknown): ReturnType<typeof readManifest> =>
  readManifest(Buffer.from(JSON.stringify(manifest)));

describe('a manifest', () => {
  it('of an image has the bytes of its configuration and layers', () => {
    assert.deepEqual(read({ schemaVersion: 2, config, layers: [layer, layer] }), {
      kind: 'image',
      size: 210,
      config: digest,
      ...silent,
    });
  });

  it('of something else than an image has no configuration to ask for', () => {
    const artifact = {
      schemaVersion: 2,
      config: { ...config, mediaType: 'application/vnd.oci.empty.v1+json' },
      layers: [],
    };
    assert.deepEqual(read(artifact), {
      kind: 'artifact',
      size: 10,
      config: undefined,
      ...silent,
      artifactType: 'application/vnd.oci.empty.v1+json',
    });
  });

  const emptyConfig = { ...config, mediaType: 'application/vnd.oci.empty.v1+json' };
  const artifacts: [string, object, string | undefined][] = [
    [
      'a chart',
      { config: { ...config, mediaType: 'application/vnd.cncf.helm.config.v1+json' }, layers: [layer] },
      'application/vnd.cncf.helm.config.v1+json',
    ],
    [
      'a list of parts',
      { artifactType: 'application/spdx+json', config: emptyConfig, layers: [layer] },
      'application/spdx+json',
    ],
    [
      'a signature with the configuration of an image',
      { config, layers: [{ ...layer, mediaType: 'application/vnd.dev.cosign.simplesigning.v1+json' }] },
      'application/vnd.dev.cosign.simplesigning.v1+json',
    ],
    [
      'an image with foreign layers among others',
      { config, layers: [{ ...layer, mediaType: 'a/b' }, layer] },
      undefined,
    ],
    ['an image without layers', { config, layers: [] }, undefined],
    ['a type that is none', { artifactType: '<b>', config, layers: [layer] }, undefined],
  ];
  for (const [what, manifest, artifactType] of artifacts) {
    it(`of ${what} is told by its type`, () => {
      const seen = read({ schemaVersion: 2, ...manifest });
      assert.equal(seen.kind, artifactType === undefined ? 'image' : 'artifact');
      assert.equal('artifactType' in seen && seen.artifactType, artifactType);
    });
  }

  const artifact = { mediaType: 'application/vnd.oci.artifact.manifest.v1+json', artifactType: 'text/spdx' };
  it('of files without a configuration, as OCI once had, is of an artifact', () => {
    const blobs = [layer, layer];
    const subject = { digest, size: 1 };
    const seen = { kind: 'artifact', config: undefined, artifactType: 'text/spdx', labels: {} };
    assert.deepEqual(read({ ...artifact, blobs, subject }), { ...seen, size: 200, subject: digest });
    assert.deepEqual(read(artifact), { ...seen, size: 0, subject: undefined });
  });

  it('tells which manifest it is about, and only a digest', () => {
    const about = (subject: unknown): unknown => ({ schemaVersion: 2, config, layers: [], subject });
    const seen = read(about({ digest, size: 1 }));
    assert.equal('subject' in seen && seen.subject, digest);
    assert.throws(() => read(about({ digest: 'latest' })), DomainError);
    assert.throws(() => read(about('latest')), DomainError);
  });

  it('has the annotations that people read, without what could do harm on a page', () => {
    const annotations = {
      'org.opencontainers.image.title': 'Web "app"',
      'org.opencontainers.image.description': `${'é'.repeat(1_999)}\u{1f600}`,
      'org.opencontainers.image.source': 'https://example.org/app.git',
      'org.opencontainers.image.url': 'javascript:alert(1)',
      'org.opencontainers.image.documentation': 'see readme',
      'org.opencontainers.image.licenses': '\0',
      'org.opencontainers.image.version': '1',
      'com.example.title': 'x',
    };
    for (const manifest of [
      { schemaVersion: 2, config, layers: [], annotations },
      { schemaVersion: 2, manifests: [], annotations },
    ]) {
      const seen = read(manifest);
      assert.deepEqual('labels' in seen && seen.labels, {
        title: 'Web "app"',
        description: `${'é'.repeat(1_999)}\ufffd`,
        source: 'https://example.org/app.git',
      });
    }
    for (const none of [null, 'x', [], 3]) {
      const seen = read({ schemaVersion: 2, config, layers: [], annotations: none });
      assert.deepEqual('labels' in seen && seen.labels, {});
    }
  });

  it('of schema 1 says its processor and no size', () => {
    assert.deepEqual(read({ schemaVersion: 1, name: 'a', architecture: 'amd64', fsLayers: [] }), {
      kind: 'schema1',
      platform: { os: 'linux', architecture: 'amd64' },
      builtAt: undefined,
    });
    const history = [{ v1Compatibility: '{"created":"2015-03-04T05:06:07.123456789Z","os":"plan9"}' }];
    assert.deepEqual(read({ schemaVersion: 1, architecture: 'arm', fsLayers: [], history }), {
      kind: 'schema1',
      platform: { os: 'plan9', architecture: 'arm' },
      builtAt: new Date('2015-03-04T05:06:07.123Z'),
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
      ...silent,
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
    ['an artifact and an index at once', { ...artifact, manifests: [] }],
    ['an artifact and an image at once', { ...artifact, schemaVersion: 2, config, layers: [] }],
    ['an artifact of no type', { mediaType: artifact.mediaType, blobs: [] }],
    ['an artifact of files without a size', { ...artifact, blobs: [{ digest }] }],
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
    const platform = (value: object) => readConfig(Buffer.from(JSON.stringify(value))).platform;
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
