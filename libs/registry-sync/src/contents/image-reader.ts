import { Injectable } from '@nestjs/common';
import { DomainError } from '@central-index/platform/errors';
import type { ImageKind } from '@central-index/repositories';
import { RegistryClient, v1ImageType, type FetchedManifest, type Registry } from '@central-index/registries';
import { ConfigReader } from './config-reader';
import { readConfig, readManifest, type IndexEntry, type Manifest } from './manifest';
import type { Labels, Platform } from './manifest-fields';

/** A platform of an image, and the manifest for it. */
export interface SizedPlatform extends Platform {
  readonly digest: string;
  /** Bytes of configuration and layers, compressed; null when the manifest is missing or does not state them. */
  readonly size: number | null;
}

/** An image, index or artifact as its registry serves it. */
export interface Image {
  readonly digest: string;
  readonly mediaType: string;
  readonly kind: ImageKind;
  /** Bytes of configurations and layers, over all platforms; null when a part is missing or does not state them. */
  readonly size: number | null;
  readonly platforms: readonly SizedPlatform[];
  readonly artifactType: string | null;
  readonly subject: string | null;
  /** Creation time that the image states. */
  readonly builtAt: Date | null;
  readonly labels: Labels;
  /** Digests of an index's entries. */
  readonly children: readonly string[];
}

type ImageDetails = Pick<Image, 'size' | 'platforms' | 'builtAt' | 'labels'>;

/** How many more entries of an index may be fetched. */
interface EntryBudget {
  remaining: number;
}

// Each entry of an index costs a request. Beyond this many, nested ones included, platforms are listed as the index
// states them, and its size is unknown.
const maxEntries = 100;
// An index of 4 MB could list 40,000.
const maxPlatforms = 200;
const maxChildren = 1_000;
const schema1Properties = { kind: 'image', artifactType: undefined, subject: undefined } as const;

/** Reads images from registries: an event is only a hint, the registry's response is what counts. */
@Injectable()
export class ImageReader {
  private readonly configs: ConfigReader;

  constructor(private readonly client: RegistryClient) {
    this.configs = new ConfigReader(client);
  }

  /** The image of a tag or digest, or undefined when the registry has none. Throws IMAGE_UNREADABLE, REGISTRY_…. */
  async read(registry: Registry, path: string, reference: string): Promise<Image | undefined> {
    return this.readWithin({ remaining: maxEntries }, registry, path, reference);
  }

  private async readWithin(
    budget: EntryBudget,
    registry: Registry,
    path: string,
    reference: string,
  ): Promise<Image | undefined> {
    const fetched = await this.client.manifest(registry, path, reference);
    if (fetched === undefined) return undefined;
    if (fetched.mediaType === v1ImageType) return readV1Image(fetched);
    const manifest = readManifest(fetched.body);
    const details =
      manifest.format === 'index'
        ? await this.readEntries(budget, registry, path, manifest)
        : await this.readImage(registry, path, fetched, manifest);
    const { kind, artifactType, subject } = manifest.format === 'schema1' ? schema1Properties : manifest;
    return {
      digest: fetched.digest,
      mediaType: fetched.mediaType,
      kind,
      artifactType: artifactType ?? null,
      subject: subject ?? null,
      children:
        manifest.format === 'index'
          ? [...new Set(manifest.entries.map(({ digest }) => digest))].slice(0, maxChildren)
          : [],
      ...details,
      platforms: distinct(details.platforms).slice(0, maxPlatforms),
    };
  }

  private async readImage(
    registry: Registry,
    path: string,
    { digest }: FetchedManifest,
    manifest: Exclude<Manifest, { format: 'index' }>,
  ): Promise<ImageDetails> {
    const sized = (platform: Platform | undefined, size: number | null): SizedPlatform[] =>
      platform === undefined ? [] : [{ ...platform, digest, size }];
    if (manifest.format === 'schema1') {
      const { platform, builtAt } = manifest;
      return { size: null, platforms: sized(platform, null), builtAt: builtAt ?? null, labels: {} };
    }
    const { size, labels } = manifest;
    const config = manifest.config
      ? await this.configs.read(registry, path, { manifest: digest, config: manifest.config })
      : undefined;
    return {
      size,
      platforms: sized(config?.platform, size),
      builtAt: config?.builtAt ?? null,
      labels: { ...config?.labels, ...labels },
    };
  }

  // One entry after the other: indexes are rare, and the registry also serves its clients.
  private async readEntries(
    budget: EntryBudget,
    registry: Registry,
    path: string,
    index: Extract<Manifest, { format: 'index' }>,
  ): Promise<ImageDetails> {
    const platforms: SizedPlatform[] = [];
    const images: Image[] = [];
    let size: number | null = 0;
    for (const entry of index.entries) {
      const image = await this.readEntry(budget, registry, path, entry);
      size = size === null || !image || image.size === null ? null : size + image.size;
      if (entry.attestation) continue;
      if (image) images.push(image);
      if (entry.platform) {
        platforms.push({ ...entry.platform, digest: entry.digest, size: image?.size ?? null });
      } else platforms.push(...(image?.platforms ?? []));
    }
    const builtAt = images.reduce<Date | null>(
      (latest, image) => (latest === null || (image.builtAt ?? 0) > latest ? image.builtAt : latest),
      null,
    );
    return { size, platforms, builtAt, labels: { ...images[0]?.labels, ...index.labels } };
  }

  // An unreadable entry only has an unknown size: clients can pull the index without it.
  private async readEntry(
    budget: EntryBudget,
    registry: Registry,
    path: string,
    entry: IndexEntry,
  ): Promise<Image | undefined> {
    if (budget.remaining === 0) return undefined;
    budget.remaining -= 1;
    try {
      return await this.readWithin(budget, registry, path, entry.digest);
    } catch (error) {
      if (isUnreadable(error)) return undefined;
      throw error;
    }
  }
}

// The JSON of an image in the v1 protocol has the fields of a configuration. Its size is that of one layer only.
function readV1Image({ digest, mediaType, body }: FetchedManifest): Image {
  const config = readConfig(body);
  return {
    digest,
    mediaType,
    kind: 'image',
    size: null,
    platforms: config?.platform === undefined ? [] : [{ ...config.platform, digest, size: null }],
    artifactType: null,
    subject: null,
    builtAt: config?.builtAt ?? null,
    labels: config?.labels ?? {},
    children: [],
  };
}

/** True for an error that a retry does not fix, because the content itself cannot be read. */
export function isUnreadable(error: unknown): error is DomainError {
  return (
    error instanceof DomainError && ['IMAGE_UNREADABLE', 'REGISTRY_INVALID_RESPONSE'].includes(error.code)
  );
}

function distinct(platforms: readonly SizedPlatform[]): SizedPlatform[] {
  const byName = new Map<string, SizedPlatform>();
  for (const platform of platforms) {
    const name = `${platform.os}/${platform.architecture}/${platform.variant ?? ''}`;
    if (!byName.has(name)) byName.set(name, platform);
  }
  return [...byName.values()];
}
