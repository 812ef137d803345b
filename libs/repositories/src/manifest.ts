import { isDigest } from '@central-index/naming';
import { imageUnreadable } from './images.errors';

/** An operating system and processor that an image is for, as its configuration or index says. */
export interface Platform {
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string;
}

/** One image of an index. */
export interface IndexEntry {
  readonly digest: string;
  /** Undefined when the index does not say, or when it is no image but a statement about one. */
  readonly platform?: Platform;
  /** True for a statement about another entry, such as its provenance. */
  readonly attestation: boolean;
}

/** What a manifest says of itself. `size` is in bytes, undefined when it does not say. */
export type Manifest =
  | { readonly kind: 'image'; readonly size?: number; readonly config?: string; readonly platform?: Platform }
  | { readonly kind: 'index'; readonly entries: readonly IndexEntry[] };

const imageConfigs = new Set([
  'application/vnd.oci.image.config.v1+json',
  'application/vnd.docker.container.image.v1+json',
]);

/**
 * Reads an image manifest or index, Docker's or OCI's, also Docker's old schema 1. Throws IMAGE_UNREADABLE for what is
 * neither or, as in CVE-2021-41190, both: one reader must not see an image where another sees an index.
 */
export function readManifest(body: Buffer): Manifest {
  const manifest = parse(body);
  const isIndex = 'manifests' in manifest;
  if (isIndex && ('layers' in manifest || 'config' in manifest || 'fsLayers' in manifest)) {
    throw imageUnreadable('it is an image and an index at once');
  }
  if (isIndex) return { kind: 'index', entries: list(manifest.manifests).map(readEntry) };
  if (manifest.schemaVersion === 1)
    return { kind: 'image', platform: readPlatform({ os: 'linux', ...manifest }) };
  if (manifest.schemaVersion !== 2 || !('layers' in manifest))
    throw imageUnreadable('it is no image manifest');
  const config = record(manifest.config);
  const sizes = [config, ...list(manifest.layers)].map(({ size }) => size);
  if (!sizes.every((size): size is number => Number.isSafeInteger(size) && (size as number) >= 0)) {
    throw imageUnreadable('a size is no number of bytes');
  }
  const size = sizes.reduce((sum, part) => sum + part, 0);
  if (!Number.isSafeInteger(size)) throw imageUnreadable('its sizes cannot be added');
  return {
    kind: 'image',
    size,
    config: imageConfigs.has(String(config.mediaType)) ? readDigest(config) : undefined,
  };
}

/** The platform in an image's configuration, if it says one. */
export function readConfig(body: Buffer): Platform | undefined {
  return readPlatform(parse(body));
}

type Fields = Readonly<Record<string, unknown>>;

function parse(body: Buffer): Fields {
  try {
    return record(JSON.parse(body.toString('utf8')));
  } catch {
    throw imageUnreadable('it is not JSON');
  }
}

function record(value: unknown): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw imageUnreadable('a part is missing');
  return value as Fields;
}

function list(value: unknown): Fields[] {
  if (!Array.isArray(value)) throw imageUnreadable('a list is missing');
  return value.map(record);
}

function readDigest(descriptor: Fields): string {
  if (typeof descriptor.digest !== 'string' || !isDigest(descriptor.digest)) {
    throw imageUnreadable('a digest is none');
  }
  return descriptor.digest;
}

function readEntry(descriptor: Fields): IndexEntry {
  const annotations = descriptor.annotations as Fields | null | undefined;
  const platform = descriptor.platform === undefined ? undefined : readPlatform(record(descriptor.platform));
  return {
    digest: readDigest(descriptor),
    platform,
    attestation: platform?.os === 'unknown' || annotations?.['vnd.docker.reference.type'] !== undefined,
  };
}

// The words end up on pages and in search filters: anything that is no plain word is left out.
const word = /^[A-Za-z0-9][A-Za-z0-9._+-]{0,63}$/;

function readPlatform({ os, architecture, variant }: Fields): Platform | undefined {
  if (!isWord(os) || !isWord(architecture)) return undefined;
  return isWord(variant) ? { os, architecture, variant } : { os, architecture };
}

const isWord = (value: unknown): value is string => typeof value === 'string' && word.test(value);
