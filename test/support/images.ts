import { createHash } from 'node:crypto';

/** Bytes with their media type and digest. */
export interface Content {
  readonly digest: string;
  readonly mediaType: string;
  readonly body: Buffer;
}

/** A manifest and everything that it references, as a client pushes it. */
export interface TestImage extends Content {
  readonly blobs: readonly Content[];
  readonly children: readonly TestImage[];
}

const oci = 'application/vnd.oci.image';

/** Computes the digest of bytes. */
export function content(mediaType: string, body: Buffer | string): Content {
  const bytes = Buffer.from(body);
  return { mediaType, body: bytes, digest: `sha256:${createHash('sha256').update(bytes).digest('hex')}` };
}

/** An image with one layer that consists of the text `layer`. The same arguments always produce the same digests. */
export function imageOf(
  layer: string,
  platform: { os: string; architecture: string; variant?: string } = { os: 'linux', architecture: 'amd64' },
): TestImage {
  const blobs = [
    content(
      `${oci}.config.v1+json`,
      JSON.stringify({ ...platform, rootfs: { type: 'layers', diff_ids: [layer] } }),
    ),
    content(`${oci}.layer.v1.tar`, layer),
  ];
  const [config, ...layers] = blobs.map((blob) => descriptor(blob));
  const manifest = { schemaVersion: 2, mediaType: `${oci}.manifest.v1+json`, config, layers };
  return { ...content(manifest.mediaType, JSON.stringify(manifest)), blobs, children: [] };
}

/** An artifact with one layer: by the media types of configuration and layer, its artifact type and its subject. */
export function artifactOf(
  text: string,
  options: {
    readonly configType?: string;
    readonly layerType?: string;
    readonly artifactType?: string;
    readonly subject?: Content;
    readonly annotations?: Readonly<Record<string, string>>;
  },
): TestImage {
  const { configType = `${oci}.config.v1+json`, layerType = `${oci}.layer.v1.tar` } = options;
  const { subject, artifactType, annotations } = options;
  const blobs = [content(configType, '{}'), content(layerType, text)];
  const [config, ...layers] = blobs.map((blob) => descriptor(blob));
  const manifest = {
    schemaVersion: 2,
    mediaType: `${oci}.manifest.v1+json`,
    ...(artifactType === undefined ? {} : { artifactType }),
    config,
    layers,
    ...(subject === undefined ? {} : { subject: descriptor(subject) }),
    ...(annotations === undefined ? {} : { annotations }),
  };
  return { ...content(manifest.mediaType, JSON.stringify(manifest)), blobs, children: [] };
}

/** The index of a referrers tag, for registries without a referrers API. */
export function referrersIndexOf(...referrers: readonly TestImage[]): TestImage {
  const manifests = referrers.map((referrer) => {
    const { artifactType } = JSON.parse(referrer.body.toString()) as { artifactType?: string };
    return { ...descriptor(referrer), artifactType };
  });
  const index = { schemaVersion: 2, mediaType: `${oci}.index.v1+json`, manifests };
  return { ...content(index.mediaType, JSON.stringify(index)), blobs: [], children: referrers };
}

/** An image index, which lists each image with its platform. */
export function indexOf(...images: readonly TestImage[]): TestImage {
  const manifests = images.map((image) => {
    const { os, architecture, variant } = JSON.parse(image.blobs[0]!.body.toString()) as Record<
      string,
      string
    >;
    return { ...descriptor(image), platform: { os, architecture, variant } };
  });
  const index = { schemaVersion: 2, mediaType: `${oci}.index.v1+json`, manifests };
  return { ...content(index.mediaType, JSON.stringify(index)), blobs: [], children: images };
}

/** The size of an image's configuration and layers in bytes; for an index, the sum over its children. */
export function sizeOf(image: TestImage): number {
  const own = image.blobs.reduce((sum, { body }) => sum + body.length, 0);
  return image.children.reduce((sum, child) => sum + sizeOf(child), own);
}

function descriptor({ mediaType, digest, body }: Content): {
  mediaType: string;
  digest: string;
  size: number;
} {
  return { mediaType, digest, size: body.length };
}
