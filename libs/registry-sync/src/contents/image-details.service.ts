import type { Identity } from '@central-index/accounts';
import { notFound } from '@central-index/platform/errors';
import { RegistriesService, RegistryClient, type Registry } from '@central-index/registries';
import { RepositoriesService, TagsService, type Tag, type TagPlatform } from '@central-index/repositories';
import { Injectable } from '@nestjs/common';
import { CachedReads } from './cached-reads';
import { configDigestOf, readLayers, withConfig, type ImageDetails } from './image-details';
import { isUnreadable } from './image-reader';
import { parseObject } from './manifest-fields';

/** What one platform of a tag consists of. */
export interface TagDetails {
  /** The platform that is described; undefined for an image that states none. */
  readonly platform: TagPlatform | undefined;
  /** Undefined if it is none that can be described, such as an artifact without layers. */
  readonly image: ImageDetails | undefined;
}

// In characters. One image may have hundreds of thousands.
const maxSize = 16_000_000;
const cacheTtlMs = 600_000;

/**
 * Reads what images consist of, from their registries. What a digest names never changes, so it is read once in ten
 * minutes.
 */
@Injectable()
export class ImageDetailsService {
  private readonly cache = new CachedReads<ImageDetails>({ maxSize, ttl: cacheTtlMs });

  constructor(
    private readonly repositories: RepositoriesService,
    private readonly tags: TagsService,
    private readonly registries: RegistriesService,
    private readonly client: RegistryClient,
  ) {}

  /**
   * One platform of a tag: the one named `os/architecture[/variant]`, else linux/amd64, else the first. Throws NOT_FOUND,
   * also for a platform that the tag does not have, and, as its registry is asked, REGISTRY_….
   */
  async find(identity: Identity, path: string, tagName: string, wanted?: string): Promise<TagDetails> {
    const { registryId, registryPath } = await this.repositories.authorize(identity, path, 'view');
    const tag = await this.tags.find(identity, path, tagName);
    const platform = platformOf(tag, wanted);
    if (wanted !== undefined && platform === undefined) throw notFound('platform', wanted);
    const digest = tag.kind === 'index' ? platform?.digest : tag.digest;
    const registry = registryId === null ? undefined : await this.registries.findById(registryId);
    if (registry === undefined || registry.kind === 'v1' || registryPath === null || digest === undefined) {
      return { platform, image: undefined };
    }
    return { platform, image: await this.read(registry, registryPath, digest) };
  }

  private read(registry: Registry, path: string, digest: string): Promise<ImageDetails | undefined> {
    const key = `${registry.id} ${path}@${digest}`;
    return this.cache.read(key, () => this.fetch(registry, path, digest));
  }

  private async fetch(registry: Registry, path: string, digest: string): Promise<ImageDetails | undefined> {
    try {
      const fetched = await this.client.manifest(registry, path, digest);
      const manifest = fetched && parseObject(fetched.body);
      if (manifest === undefined || !Array.isArray(manifest.layers)) return undefined;
      const layers = readLayers(manifest);
      const config = configDigestOf(manifest);
      const body = config && (await this.client.blob(registry, path, config));
      return body ? withConfig(digest, layers, body) : { digest, layers, settings: null };
    } catch (error) {
      if (isUnreadable(error)) return undefined;
      throw error;
    }
  }
}

/** The name of a platform, such as `linux/arm/v7`. */
export const platformName = ({ os, architecture, variant }: TagPlatform): string =>
  [os, architecture, ...(variant === undefined ? [] : [variant])].join('/');

function platformOf({ platforms }: Tag, wanted: string | undefined): TagPlatform | undefined {
  if (wanted !== undefined) return platforms.find((platform) => platformName(platform) === wanted);
  return platforms.find((platform) => platformName(platform) === 'linux/amd64') ?? platforms[0];
}
