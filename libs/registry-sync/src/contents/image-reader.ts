import { Injectable } from '@nestjs/common';
import { DomainError } from '@central-index/platform/errors';
import { RegistryClient, type FetchedManifest, type Registry } from '@central-index/registries';
import {
  readConfig,
  readManifest,
  type IndexEntry,
  type Labels,
  type Manifest,
  type Platform,
} from './manifest';

/** What an image weighs on one platform, and which manifest that is. */
export interface SizedPlatform extends Platform {
  readonly digest: string;
  /** Bytes of configuration and layers, compressed; null when the manifest is missing or does not say. */
  readonly size: number | null;
}

/** An image, an index or an artifact as it lies at a registry. */
export interface Image {
  readonly digest: string;
  readonly mediaType: string;
  readonly kind: Manifest['kind'];
  /** Bytes of configurations and layers, of all platforms; null when a part is missing or does not say. */
  readonly size: number | null;
  readonly platforms: readonly SizedPlatform[];
  readonly artifactType: string | null;
  readonly subject: string | null;
  /** When it says that it was made. */
  readonly builtAt: Date | null;
  readonly labels: Labels;
  /** Digests of an index's entries. */
  readonly children: readonly string[];
}

type Parts = Pick<Image, 'size' | 'platforms' | 'builtAt' | 'labels'>;

// Each image of an index costs a request. Beyond this many, nested ones included, platforms are listed as the index says
// them, and its size is unknown.
const maxEntries = 100;
// A manifest of 4 MB has room for 40,000.
const maxPlatforms = 200;
const maxChildren = 1_000;

/** Reads images back from registries: what was reported is a hint, what the registry answers is the truth. */
@Injectable()
export class ImageReader {
  constructor(private readonly client: RegistryClient) {}

  /** The image of a tag or digest, or undefined when the registry has none. Throws IMAGE_UNREADABLE, REGISTRY_…. */
  async read(registry: Registry, path: string, reference: string): Promise<Image | undefined> {
    return this.readWithin({ left: maxEntries }, registry, path, reference);
  }

  private async readWithin(
    budget: { left: number },
    registry: Registry,
    path: string,
    reference: string,
  ): Promise<Image | undefined> {
    const fetched = await this.client.manifest(registry, path, reference);
    if (fetched === undefined) return undefined;
    const manifest = readManifest(fetched.body);
    const parts =
      manifest.kind === 'index'
        ? await this.readEntries(budget, registry, path, manifest)
        : await this.readImage(registry, path, fetched, manifest);
    const { artifactType, subject } = manifest.kind === 'schema1' ? {} : manifest;
    return {
      digest: fetched.digest,
      mediaType: fetched.mediaType,
      kind: manifest.kind,
      artifactType: artifactType ?? null,
      subject: subject ?? null,
      children:
        manifest.kind === 'index'
          ? [...new Set(manifest.entries.map(({ digest }) => digest))].slice(0, maxChildren)
          : [],
      ...parts,
      platforms: distinct(parts.platforms).slice(0, maxPlatforms),
    };
  }

  private async readImage(
    registry: Registry,
    path: string,
    { digest }: FetchedManifest,
    manifest: Exclude<Manifest, { kind: 'index' }>,
  ): Promise<Parts> {
    const sized = (platform: Platform | undefined, size: number | null): SizedPlatform[] =>
      platform === undefined ? [] : [{ ...platform, digest, size }];
    if (manifest.kind === 'schema1') {
      const { platform, builtAt } = manifest;
      return { size: null, platforms: sized(platform, null), builtAt: builtAt ?? null, labels: {} };
    }
    const { size, labels } = manifest;
    const body = manifest.config && (await this.client.blob(registry, path, manifest.config));
    const config = body ? readConfig(body) : undefined;
    return {
      size,
      platforms: sized(config?.platform, size),
      builtAt: config?.builtAt ?? null,
      labels: { ...config?.labels, ...labels },
    };
  }

  // One entry after the other: an index is rare, and the registry is not ours to load.
  private async readEntries(
    budget: { left: number },
    registry: Registry,
    path: string,
    index: Extract<Manifest, { kind: 'index' }>,
  ): Promise<Parts> {
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

  // What cannot be read within an index is only of unknown size: the index itself can be pulled all the same.
  private async readEntry(
    budget: { left: number },
    registry: Registry,
    path: string,
    entry: IndexEntry,
  ): Promise<Image | undefined> {
    if (budget.left === 0) return undefined;
    budget.left -= 1;
    try {
      return await this.readWithin(budget, registry, path, entry.digest);
    } catch (error) {
      if (isUnreadable(error)) return undefined;
      throw error;
    }
  }
}

/** True for an error that asking again will not mend: the content itself cannot be read. */
export function isUnreadable(error: unknown): error is DomainError {
  return (
    error instanceof DomainError && ['IMAGE_UNREADABLE', 'REGISTRY_INVALID_RESPONSE'].includes(error.code)
  );
}

function distinct(platforms: readonly SizedPlatform[]): SizedPlatform[] {
  const seen = new Map<string, SizedPlatform>();
  for (const one of platforms) {
    const name = `${one.os}/${one.architecture}/${one.variant ?? ''}`;
    if (!seen.has(name)) seen.set(name, one);
  }
  return [...seen.values()];
}
