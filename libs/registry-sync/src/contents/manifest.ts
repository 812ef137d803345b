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

/** What `org.opencontainers.image.…` labels and annotations tell people, by the last word of their names. */
export type Labels = Readonly<Partial<Record<(typeof labelNames)[number], string>>>;

/** What every manifest of today's formats may say. */
interface Statements {
  /** What kind of artifact it is, if it is no image to run: a chart, a signature, a list of parts. */
  readonly artifactType?: string;
  /** Digest of the manifest that this one is about. */
  readonly subject?: string;
  readonly labels: Labels;
}

/** What a manifest says of itself. `size` is in bytes, undefined when it does not say. */
export type Manifest =
  | ({
      readonly kind: 'image' | 'artifact';
      readonly size: number;
      readonly config?: string;
    } & Statements)
  | ({ readonly kind: 'index'; readonly entries: readonly IndexEntry[] } & Statements)
  | { readonly kind: 'schema1'; readonly platform?: Platform; readonly builtAt?: Date };

/** What an image's configuration says of it. */
export interface ImageConfig {
  readonly platform?: Platform;
  readonly builtAt?: Date;
  readonly labels: Labels;
}

const labelNames = ['title', 'description', 'source', 'documentation', 'licenses', 'url'] as const;
const linkNames: ReadonlySet<string> = new Set(['source', 'documentation', 'url']);
const labelLength = 2_000;

const imageConfigs = new Set([
  'application/vnd.oci.image.config.v1+json',
  'application/vnd.docker.container.image.v1+json',
]);
const imageLayers = /^application\/vnd\.(oci\.image\.layer|docker\.image\.rootfs)\./;
const mediaType = /^[a-z0-9][a-z0-9!#$&^_.+-]{0,126}\/[a-z0-9][a-z0-9!#$&^_.+-]{0,126}$/i;

// Was in the drafts of OCI 1.1, and some tools pushed it: files without a configuration.
const artifactManifest = 'application/vnd.oci.artifact.manifest.v1+json';

/**
 * Reads an image manifest or index, Docker's or OCI's, also Docker's old schema 1 and OCI's artifact manifest. Throws
 * IMAGE_UNREADABLE for what is none of them or, as in CVE-2021-41190, several: one reader must not see an image where
 * another sees an index.
 */
export function readManifest(body: Buffer): Manifest {
  const manifest = parse(body);
  const isIndex = 'manifests' in manifest;
  if (isIndex && ('layers' in manifest || 'config' in manifest || 'fsLayers' in manifest)) {
    throw imageUnreadable('it is an image and an index at once');
  }
  const statements = {
    artifactType: readType(manifest.artifactType),
    subject: isNothing(manifest.subject) ? undefined : readDigest(record(manifest.subject)),
    labels: readLabels(manifest.annotations),
  };
  if (manifest.mediaType === artifactManifest) return readArtifact(manifest, statements);
  if (isIndex) return { kind: 'index', entries: list(manifest.manifests).map(readEntry), ...statements };
  if (manifest.schemaVersion === 1) return readSchema1(manifest);
  if (manifest.schemaVersion !== 2 || !('layers' in manifest))
    throw imageUnreadable('it is no image manifest');
  const config = record(manifest.config);
  const layers = list(manifest.layers);
  const size = sum([config, ...layers]);
  const artifactType = statements.artifactType ?? artifactTypeOf(config, layers);
  return {
    kind: artifactType === undefined ? 'image' : 'artifact',
    size,
    config: imageConfigs.has(String(config.mediaType)) ? readDigest(config) : undefined,
    ...statements,
    artifactType,
  };
}

/** What an image's configuration says. Throws IMAGE_UNREADABLE. */
export function readConfig(body: Buffer): ImageConfig {
  const image = parse(body);
  const settings = isNothing(image.config) ? {} : record(image.config);
  return {
    platform: readPlatform(image),
    builtAt: readDate(image.created),
    labels: readLabels(settings.Labels),
  };
}

type Fields = Readonly<Record<string, unknown>>;

function readArtifact(manifest: Fields, statements: Statements): Manifest {
  if (['manifests', 'layers', 'config', 'fsLayers'].some((part) => part in manifest)) {
    throw imageUnreadable('it is an artifact and something else at once');
  }
  if (statements.artifactType === undefined) throw imageUnreadable('it does not say what artifact it is');
  const blobs = isNothing(manifest.blobs) ? [] : list(manifest.blobs);
  return { kind: 'artifact', size: sum(blobs), config: undefined, ...statements };
}

/** The bytes of all these together. */
function sum(descriptors: readonly Fields[]): number {
  const sizes = descriptors.map(({ size }) => size);
  if (!sizes.every((size): size is number => Number.isSafeInteger(size) && (size as number) >= 0)) {
    throw imageUnreadable('a size is no number of bytes');
  }
  const total = sizes.reduce((whole, part) => whole + part, 0);
  if (!Number.isSafeInteger(total)) throw imageUnreadable('its sizes cannot be added');
  return total;
}

// Docker's first format hides configurations as text in its history, the newest first.
function readSchema1(manifest: Fields): Manifest {
  const [newest] = Array.isArray(manifest.history) ? (manifest.history as unknown[]) : [];
  let history: Fields = {};
  try {
    history = record(JSON.parse(String((newest as Fields | undefined)?.v1Compatibility)));
  } catch {
    // It is an image without it, too.
  }
  return {
    kind: 'schema1',
    platform: readPlatform({ os: 'linux', ...history, ...manifest }),
    builtAt: readDate(history.created),
  };
}

// Before `artifactType` there was, the type of the configuration told it; a signature has a configuration as if it were
// an image, and layers that are none.
function artifactTypeOf(config: Fields, layers: readonly Fields[]): string | undefined {
  const type = readType(config.mediaType);
  if (type !== undefined && !imageConfigs.has(type)) return type;
  const types = new Set(layers.map((layer) => readType(layer.mediaType)));
  const [only] = types;
  return types.size === 1 && only !== undefined && !imageLayers.test(only) ? only : undefined;
}

const isNothing = (value: unknown): boolean => value === undefined || value === null;

const readType = (value: unknown): string | undefined =>
  typeof value === 'string' && mediaType.test(value) ? value : undefined;

function readDate(value: unknown): Date | undefined {
  const date = new Date(typeof value === 'string' ? value : Number.NaN);
  // A build that can be repeated says the beginning of time, which says nothing.
  return date.getTime() > 0 && date.getUTCFullYear() < 10_000 ? date : undefined;
}

// They end up on pages: what is no text, or no address where an address belongs, is left out.
function readLabels(value: unknown): Labels {
  if (typeof value !== 'object' || value === null) return {};
  const labels: Partial<Record<(typeof labelNames)[number], string>> = {};
  for (const name of labelNames) {
    const text = (value as Fields)[`org.opencontainers.image.${name}`];
    if (typeof text !== 'string' || text.trim() === '' || text.includes('\0')) continue;
    if (linkNames.has(name) && !/^https?:$/.test(URL.canParse(text) ? new URL(text).protocol : '')) continue;
    // Half a surrogate pair is nothing that PostgreSQL keeps.
    labels[name] = Buffer.from(text.slice(0, labelLength)).toString();
  }
  return labels;
}

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
