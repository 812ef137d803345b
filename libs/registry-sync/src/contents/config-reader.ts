import type { Registry, RegistryClient } from '@central-index/registries';
import { LRUCache } from 'lru-cache';
import { readConfig, type ImageConfig } from './manifest';

/** The configuration of an image: the digests of its manifest and of its configuration. */
export interface ConfigReference {
  readonly manifest: string;
  readonly config: string;
}

// Many tags are often pushed of one image at the same time.
const maxConfigs = 500;

/**
 * Reads the configurations of images. What one states never changes under the digest of its manifest, so that each is
 * requested once for all tags of an image that are read at the same time, or soon after each other.
 */
export class ConfigReader {
  private readonly configs = new LRUCache<string, Promise<ImageConfig | undefined>>({ max: maxConfigs });

  constructor(private readonly client: RegistryClient) {}

  /** Undefined when the registry does not serve it. Throws IMAGE_UNREADABLE, REGISTRY_…. */
  read(
    registry: Registry,
    path: string,
    { manifest, config }: ConfigReference,
  ): Promise<ImageConfig | undefined> {
    // Of its own repository: what one has proves nothing about another.
    const key = `${registry.id} ${path} ${manifest}`;
    const known = this.configs.get(key);
    if (known !== undefined) return known;
    const read = this.client.blob(registry, path, config).then((body) => body && readConfig(body));
    this.configs.set(key, read);
    // One that is absent, or cannot be read just now, may be there a moment later.
    const evict = (): void => {
      if (this.configs.peek(key) === read) this.configs.delete(key);
    };
    read.then((found) => {
      if (found === undefined) evict();
    }, evict);
    return read;
  }
}
