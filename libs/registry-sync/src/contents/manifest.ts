import type { ImageKind } from '@central-index/repositories';
import { artifactKindOf } from './artifact-kind';
import { imageUnreadable } from './images.errors';
import {
  asObject,
  asObjects,
  isAbsent,
  parseObject,
  readDate,
  readDigest,
  readLabels,
  readMediaType,
  readPlatform,
  sumOfSizes,
  type Fields,
  type Labels,
  type Platform,
} from './manifest-fields';

/** One entry of an index. */
export interface IndexEntry {
  readonly digest: string;
  /** Undefined when the index does not state it, or when the entry is an attestation. */
  readonly platform?: Platform;
  /** True for an attestation about another entry, such as its provenance. */
  readonly attestation: boolean;
}

/** What a manifest of any format but schema 1 may state. */
interface ManifestProperties {
  readonly kind: ImageKind;
  /** The type of an artifact, which is no image to run: a chart, a signature, an SBOM. */
  readonly artifactType?: string;
  /** Digest of the manifest that this one refers to. */
  readonly subject?: string;
  readonly labels: Labels;
}

/** A parsed manifest. `size` is in bytes, of configuration and layers; `config` is the digest of an image configuration. */
export type Manifest =
  | ({ readonly format: 'image'; readonly size: number; readonly config?: string } & ManifestProperties)
  | ({ readonly format: 'index'; readonly entries: readonly IndexEntry[] } & ManifestProperties)
  | { readonly format: 'schema1'; readonly platform?: Platform; readonly builtAt?: Date };

/** A parsed image configuration. */
export interface ImageConfig {
  readonly platform?: Platform;
  readonly builtAt?: Date;
  readonly labels: Labels;
}

const imageConfigTypes = new Set([
  'application/vnd.oci.image.config.v1+json',
  'application/vnd.docker.container.image.v1+json',
]);
const imageLayerType = /^application\/vnd\.(oci\.image\.layer|docker\.image\.rootfs)\./;
// From the drafts of OCI 1.1, and pushed by some tools: files without a configuration.
const artifactManifestType = 'application/vnd.oci.artifact.manifest.v1+json';

/**
 * Parses an image manifest or index of Docker or OCI, Docker's schema 1 or OCI's artifact manifest. Throws
 * IMAGE_UNREADABLE for anything else, and for a manifest of several kinds (CVE-2021-41190): one reader must not see an
 * image where another sees an index.
 */
export function readManifest(body: Buffer): Manifest {
  const manifest = parseObject(body);
  const isIndex = 'manifests' in manifest;
  if (isIndex && ('layers' in manifest || 'config' in manifest || 'fsLayers' in manifest)) {
    throw imageUnreadable('it is both an image and an index');
  }
  const properties = {
    artifactType: readMediaType(manifest.artifactType),
    subject: isAbsent(manifest.subject) ? undefined : readDigest(asObject(manifest.subject)),
    labels: readLabels(manifest.annotations),
  };
  if (manifest.mediaType === artifactManifestType) return readArtifact(manifest, properties);
  if (isIndex) {
    const entries = asObjects(manifest.manifests).map(readEntry);
    const kind = kindOf([properties.artifactType], manifest.annotations);
    return { format: 'index', kind: kind === 'artifact' ? 'index' : kind, entries, ...properties };
  }
  if (manifest.schemaVersion === 1) return readSchema1(manifest);
  if (manifest.schemaVersion !== 2 || !('layers' in manifest)) {
    throw imageUnreadable('it is not an image manifest');
  }
  const config = asObject(manifest.config);
  const layers = asObjects(manifest.layers);
  const size = sumOfSizes([config, ...layers]);
  const layerType = onlyLayerType(layers);
  const artifactType = properties.artifactType ?? artifactTypeOf(config, layerType);
  return {
    format: 'image',
    kind: artifactType === undefined ? 'image' : kindOf([artifactType, layerType], manifest.annotations),
    size,
    config: imageConfigTypes.has(String(config.mediaType)) ? readDigest(config) : undefined,
    ...properties,
    artifactType,
  };
}

/** Parses an image configuration. Throws IMAGE_UNREADABLE. */
export function readConfig(body: Buffer): ImageConfig {
  const image = parseObject(body);
  const settings = isAbsent(image.config) ? {} : asObject(image.config);
  return {
    platform: readPlatform(image),
    builtAt: readDate(image.created),
    labels: readLabels(settings.Labels),
  };
}

function readArtifact(manifest: Fields, properties: Omit<ManifestProperties, 'kind'>): Manifest {
  if (['manifests', 'layers', 'config', 'fsLayers'].some((part) => part in manifest)) {
    throw imageUnreadable('it is both an artifact and something else');
  }
  if (properties.artifactType === undefined) throw imageUnreadable('it does not state its artifact type');
  const blobs = isAbsent(manifest.blobs) ? [] : asObjects(manifest.blobs);
  const kind = kindOf([properties.artifactType], manifest.annotations);
  return { format: 'image', kind, size: sumOfSizes(blobs), config: undefined, ...properties };
}

// Schema 1 has configurations as JSON text in its history, the newest first.
function readSchema1(manifest: Fields): Manifest {
  const [newest] = Array.isArray(manifest.history) ? (manifest.history as unknown[]) : [];
  let history: Fields = {};
  try {
    history = asObject(JSON.parse(String((newest as Fields | undefined)?.v1Compatibility)));
  } catch {
    // The history is optional here: without it, only platform and build time are unknown.
  }
  return {
    format: 'schema1',
    platform: readPlatform({ os: 'linux', ...history, ...manifest }),
    builtAt: readDate(history.created),
  };
}

// Before OCI 1.1 had `artifactType`, the media type of the configuration stated it. A signature has the configuration
// type of an image, but layers of a type of its own.
function artifactTypeOf(config: Fields, layerType: string | undefined): string | undefined {
  const type = readMediaType(config.mediaType);
  if (type !== undefined && !imageConfigTypes.has(type)) return type;
  return layerType !== undefined && !imageLayerType.test(layerType) ? layerType : undefined;
}

// The media type that all layers have.
function onlyLayerType(layers: readonly Fields[]): string | undefined {
  const types = new Set(layers.map((layer) => readMediaType(layer.mediaType)));
  return types.size === 1 ? [...types][0] : undefined;
}

// The first of the types that says more than that it is an artifact.
function kindOf(types: readonly (string | undefined)[], annotations: unknown): ImageKind {
  const stated = typeof annotations === 'object' && annotations !== null ? (annotations as Fields) : {};
  const kinds = types.flatMap((type) => (type === undefined ? [] : artifactKindOf(type, stated)));
  return kinds.find((kind) => kind !== 'artifact') ?? 'artifact';
}

function readEntry(descriptor: Fields): IndexEntry {
  const annotations = descriptor.annotations as Fields | null | undefined;
  const platform =
    descriptor.platform === undefined ? undefined : readPlatform(asObject(descriptor.platform));
  return {
    digest: readDigest(descriptor),
    platform,
    attestation: platform?.os === 'unknown' || annotations?.['vnd.docker.reference.type'] !== undefined,
  };
}
