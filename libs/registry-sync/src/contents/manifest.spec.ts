import assert from 'node:assert/strict';
import { describe, it } from '@jest/globals';
import { DomainError } from '@central-index/platform/errors';
import type { ImageKind } from '@central-index/repositories';
import fc from 'fast-check';
import { readConfig, readManifest } from './manifest';

const digest = `sha256:${'a'.repeat(64)}`;
const config = { mediaType: 'application/vnd.oci.image.config.v1+json', digest, size: 10 };
const layer = { mediaType: 'application/vnd.oci.image.layer.v1.tar', digest, size: 100 };
const noProperties = { artifactType: undefined, subject: undefined, labels: {} };
const read = (manifest: unknown): ReturnType<typeof readManifest> =>
  readManifest(Buffer.from(JSON.stringify(manifest)));

describe('a manifest', () => {
  it('of an image has the size of its configuration and layers', () => {
    assert.deepEqual(read({ schemaVersion: 2, config, layers: [layer, layer] }), {
      format: 'image',
      kind: 'image',
      size: 210,
      config: digest,
      ...noProperties,
    });
  });

  it('of an artifact has no image configuration', () => {
    const artifact = {
      schemaVersion: 2,
      config: { ...config, mediaType: 'application/vnd.oci.empty.v1+json' },
      layers: [],
    };
    assert.deepEqual(read(artifact), {
      format: 'image',
      kind: 'artifact',
      size: 10,
      config: undefined,
      ...noProperties,
      artifactType: 'application/vnd.oci.empty.v1+json',
    });
  });

  const bundleType = 'application/vnd.dev.sigstore.bundle.v0.3+json';
  const emptyConfig = { ...config, mediaType: 'application/vnd.oci.empty.v1+json' };
  const artifacts: [string, object, string | undefined, ImageKind][] = [
    [
      'a chart',
      { config: { ...config, mediaType: 'application/vnd.cncf.helm.config.v1+json' }, layers: [layer] },
      'application/vnd.cncf.helm.config.v1+json',
      'helm-chart',
    ],
    [
      'an SBOM',
      { artifactType: 'application/spdx+json', config: emptyConfig, layers: [layer] },
      'application/spdx+json',
      'sbom',
    ],
    [
      'a signature with the configuration of an image',
      { config, layers: [{ ...layer, mediaType: 'application/vnd.dev.cosign.simplesigning.v1+json' }] },
      'application/vnd.dev.cosign.simplesigning.v1+json',
      'signature',
    ],
    [
      'an image with foreign layers among others',
      { config, layers: [{ ...layer, mediaType: 'a/b' }, layer] },
      undefined,
      'image',
    ],
    ['an image without layers', { config, layers: [] }, undefined, 'image'],
    ['an invalid artifact type', { artifactType: '<b>', config, layers: [layer] }, undefined, 'image'],
    [
      'a plugin',
      { config: { ...config, mediaType: 'application/vnd.docker.plugin.v1+json' }, layers: [layer] },
      'application/vnd.docker.plugin.v1+json',
      'plugin',
    ],
    [
      'an attestation of BuildKit',
      { config, layers: [{ ...layer, mediaType: 'application/vnd.in-toto+json' }] },
      'application/vnd.in-toto+json',
      'attestation',
    ],
    [
      'an SBOM that only its layer names',
      { config: emptyConfig, layers: [{ ...layer, mediaType: 'application/vnd.cyclonedx+json' }] },
      emptyConfig.mediaType,
      'sbom',
    ],
    [
      'a signature in a Sigstore bundle',
      {
        artifactType: bundleType,
        config: emptyConfig,
        layers: [layer],
        annotations: { 'dev.sigstore.bundle.predicateType': 'https://sigstore.dev/cosign/sign/v1' },
      },
      bundleType,
      'signature',
    ],
    [
      'an attestation in a Sigstore bundle',
      { artifactType: bundleType, config: emptyConfig, layers: [layer], annotations: null },
      bundleType,
      'attestation',
    ],
    [
      'files',
      { artifactType: 'application/vnd.example.files', config: emptyConfig, layers: [layer] },
      'application/vnd.example.files',
      'artifact',
    ],
  ];
  for (const [what, manifest, artifactType, kind] of artifacts) {
    it(`of ${what} is recognised by its type`, () => {
      const parsed = read({ schemaVersion: 2, ...manifest });
      assert.equal('kind' in parsed && parsed.kind, kind);
      assert.equal('artifactType' in parsed && parsed.artifactType, artifactType);
    });
  }

  const artifact = { mediaType: 'application/vnd.oci.artifact.manifest.v1+json', artifactType: 'text/spdx' };
  it('of files without a configuration, from a draft of OCI 1.1, is an artifact', () => {
    const blobs = [layer, layer];
    const subject = { digest, size: 1 };
    const expected = {
      format: 'image',
      kind: 'sbom',
      config: undefined,
      artifactType: 'text/spdx',
      labels: {},
    };
    assert.deepEqual(read({ ...artifact, blobs, subject }), { ...expected, size: 200, subject: digest });
    assert.deepEqual(read(artifact), { ...expected, size: 0, subject: undefined });
  });

  it('has a subject, which must be a digest', () => {
    const about = (subject: unknown): unknown => ({ schemaVersion: 2, config, layers: [], subject });
    const parsed = read(about({ digest, size: 1 }));
    assert.equal('subject' in parsed && parsed.subject, digest);
    assert.throws(() => read(about({ digest: 'latest' })), DomainError);
    assert.throws(() => read(about('latest')), DomainError);
  });

  it('has the annotations that pages show, without those that could harm a page', () => {
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
      const parsed = read(manifest);
      assert.deepEqual('labels' in parsed && parsed.labels, {
        title: 'Web "app"',
        description: `${'é'.repeat(1_999)}\ufffd`,
        source: 'https://example.org/app.git',
      });
    }
    for (const none of [null, 'x', [], 3]) {
      const parsed = read({ schemaVersion: 2, config, layers: [], annotations: none });
      assert.deepEqual('labels' in parsed && parsed.labels, {});
    }
  });

  it('of schema 1 has a platform and no size', () => {
    assert.deepEqual(read({ schemaVersion: 1, name: 'a', architecture: 'amd64', fsLayers: [] }), {
      format: 'schema1',
      platform: { os: 'linux', architecture: 'amd64' },
      builtAt: undefined,
    });
    const history = [{ v1Compatibility: '{"created":"2015-03-04T05:06:07.123456789Z","os":"plan9"}' }];
    assert.deepEqual(read({ schemaVersion: 1, architecture: 'arm', fsLayers: [], history }), {
      format: 'schema1',
      platform: { os: 'plan9', architecture: 'arm' },
      builtAt: new Date('2015-03-04T05:06:07.123Z'),
    });
  });

  it('of an index lists images with their platforms, and marks attestations', () => {
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
      format: 'index',
      kind: 'index',
      entries: [
        { digest, platform: arm, attestation: false },
        { digest, platform: undefined, attestation: false },
        { digest, platform: { os: 'unknown', architecture: 'unknown' }, attestation: true },
        { digest, platform: undefined, attestation: true },
      ],
      ...noProperties,
    });
  });

  const invalid: [string, unknown][] = [
    ['both an image and an index', { schemaVersion: 2, config, layers: [], manifests: [] }],
    ['an index with a configuration', { schemaVersion: 2, config, manifests: [] }],
    ['an index with layers of schema 1', { schemaVersion: 1, fsLayers: [], manifests: [] }],
    ['null', null],
    ['a list', []],
    ['no schema', { config, layers: [] }],
    ['no configuration', { schemaVersion: 2, layers: [] }],
    ['no layers', { schemaVersion: 2, config }],
    ['layers that are not a list', { schemaVersion: 2, config, layers: {} }],
    ['a negative size', { schemaVersion: 2, config, layers: [{ ...layer, size: -1 }] }],
    ['a fraction of a byte', { schemaVersion: 2, config, layers: [{ ...layer, size: 0.5 }] }],
    ['a size that is text', { schemaVersion: 2, config, layers: [{ ...layer, size: '1' }] }],
    [
      'sizes whose sum is too large',
      { schemaVersion: 2, config, layers: Array(3).fill({ ...layer, size: 2 ** 53 - 1 }) },
    ],
    [
      'a configuration without digest',
      { schemaVersion: 2, config: { ...config, digest: '../x' }, layers: [] },
    ],
    ['an entry without digest', { schemaVersion: 2, manifests: [{}] }],
    ['both an artifact and an index', { ...artifact, manifests: [] }],
    ['both an artifact and an image', { ...artifact, schemaVersion: 2, config, layers: [] }],
    ['an artifact of no type', { mediaType: artifact.mediaType, blobs: [] }],
    ['an artifact of files without a size', { ...artifact, blobs: [{ digest }] }],
  ];
  for (const [what, manifest] of invalid) {
    it(`that is ${what} is rejected`, () => assert.throws(() => read(manifest), unreadable));
  }

  it('of any JSON is read or rejected with IMAGE_UNREADABLE', () => {
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
  it('has a platform of plain words, or none', () => {
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
