import { Injectable } from '@nestjs/common';
import { DomainError } from '@central-index/platform/errors';
import { RegistryClient, type Registry } from '@central-index/registries';
import { readConfig, readManifest, type IndexEntry, type Manifest, type Platform } from './manifest';

/** An image or an index as it lies at a registry. */
export interface Image {
  readonly digest: string;
  readonly mediaType: string;
  /** Bytes of configurations and layers, of all platforms; null when a part is missing or does not say. */
  readonly size: number | null;
  readonly platforms: readonly Platform[];
}

// Each image of an index costs a request. Beyond this many, nested ones included, platforms are listed as the index says
// them, and its size is unknown.
const maxEntries = 100;

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
    const { digest, mediaType } = fetched;
    const manifest = readManifest(fetched.body);
    const { size, platforms } =
      manifest.kind === 'index'
        ? await this.readEntries(budget, registry, path, manifest.entries)
        : await this.readImage(registry, path, manifest);
    return { digest, mediaType, size, platforms: distinct(platforms) };
  }

  private async readImage(
    registry: Registry,
    path: string,
    manifest: Extract<Manifest, { kind: 'image' }>,
  ): Promise<Pick<Image, 'size' | 'platforms'>> {
    let { platform } = manifest;
    if (manifest.config !== undefined) {
      const config = await this.client.blob(registry, path, manifest.config);
      platform = config && readConfig(config);
    }
    return { size: manifest.size ?? null, platforms: platform ? [platform] : [] };
  }

  // One entry after the other: an index is rare, and the registry is not ours to load.
  private async readEntries(
    budget: { left: number },
    registry: Registry,
    path: string,
    entries: readonly IndexEntry[],
  ): Promise<Pick<Image, 'size' | 'platforms'>> {
    const platforms: Platform[] = [];
    let size: number | null = 0;
    for (const entry of entries) {
      const image = await this.readEntry(budget, registry, path, entry);
      size = size === null || !image || image.size === null ? null : size + image.size;
      if (entry.attestation) continue;
      if (entry.platform) platforms.push(entry.platform);
      else platforms.push(...(image?.platforms ?? []));
    }
    return { size, platforms };
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
  return error instanceof DomainError && ['IMAGE_UNREADABLE', 'REGISTRY_UNREADABLE'].includes(error.code);
}

function distinct(platforms: readonly Platform[]): Platform[] {
  const seen = new Map(platforms.map((one) => [`${one.os}/${one.architecture}/${one.variant ?? ''}`, one]));
  return [...seen.values()];
}
