import {
  isAbsent,
  asObject,
  asObjects,
  parseObject,
  readDate,
  readDigest,
  type Fields,
} from './manifest-fields';

/** A layer of an image, and what made it. */
export interface ImageLayer {
  readonly digest: string;
  /** Bytes, compressed; null if the manifest does not state them. */
  readonly size: number | null;
  /** The step that made it, as the image states; null if it does not. */
  readonly step: string | null;
}

/** What an image starts with and states of itself, in its configuration. */
export interface ImageSettings {
  readonly entrypoint: readonly string[];
  readonly cmd: readonly string[];
  readonly env: readonly string[];
  readonly ports: readonly string[];
  readonly volumes: readonly string[];
  readonly labels: readonly (readonly [name: string, value: string])[];
  readonly user: string | null;
  readonly workdir: string | null;
  readonly stopSignal: string | null;
  readonly builtAt: Date | null;
}

/** What one image consists of. */
export interface ImageDetails {
  readonly digest: string;
  readonly layers: readonly ImageLayer[];
  /** Null if the registry does not serve the configuration, or it is none of an image. */
  readonly settings: ImageSettings | null;
}

// What is longer is cut: it is shown on one page.
const maxEntries = 200;
const maxTextLength = 2_000;

/** The layers that a manifest lists, without what made them. Throws IMAGE_UNREADABLE. */
export function readLayers(manifest: Fields): ImageLayer[] {
  return asObjects(manifest.layers).map((layer) => ({
    digest: readDigest(layer),
    size: Number.isSafeInteger(layer.size) && (layer.size as number) >= 0 ? (layer.size as number) : null,
    step: null,
  }));
}

/** The digest of the configuration of a manifest, if it is that of an image. Throws IMAGE_UNREADABLE. */
export function configDigestOf(manifest: Fields): string | undefined {
  const config = asObject(manifest.config);
  const isImage = /^application\/vnd\.(?:oci\.image\.config|docker\.container\.image)\./.test(
    String(config.mediaType),
  );
  return isImage ? readDigest(config) : undefined;
}

/** Adds settings and steps from an image configuration. Throws IMAGE_UNREADABLE. */
export function withConfig(digest: string, layers: readonly ImageLayer[], body: Buffer): ImageDetails {
  const image = parseObject(body);
  const config = isAbsent(image.config) ? {} : asObject(image.config);
  const steps = stepsOf(image.history);
  return {
    digest,
    // Steps that made no layer are not listed; with another number of them, it is unknown which made which.
    layers:
      steps.length === layers.length ? layers.map((layer, at) => ({ ...layer, step: steps[at]! })) : layers,
    settings: {
      entrypoint: texts(config.Entrypoint),
      cmd: texts(config.Cmd),
      env: texts(config.Env),
      ports: keys(config.ExposedPorts),
      volumes: keys(config.Volumes),
      labels: keys(config.Labels).map((name) => [name, text((config.Labels as Fields)[name]) ?? '']),
      user: text(config.User),
      workdir: text(config.WorkingDir),
      stopSignal: text(config.StopSignal),
      builtAt: readDate(image.created) ?? null,
    },
  };
}

function stepsOf(history: unknown): (string | null)[] {
  if (!Array.isArray(history)) return [];
  return (history as unknown[])
    .filter((entry): entry is Fields => typeof entry === 'object' && entry !== null)
    .filter((entry) => entry.empty_layer !== true)
    .map((entry) => text(entry.created_by));
}

function text(value: unknown): string | null {
  return typeof value === 'string' && value.trim() !== ''
    ? value.slice(0, maxTextLength).toWellFormed()
    : null;
}

function texts(value: unknown): string[] {
  const list = typeof value === 'string' ? [value] : Array.isArray(value) ? (value as unknown[]) : [];
  return list.slice(0, maxEntries).flatMap((one) => text(one) ?? []);
}

function keys(value: unknown): string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [];
  return Object.keys(value)
    .slice(0, maxEntries)
    .filter((name) => name.length <= maxTextLength)
    .sort();
}
