import type { Registry, RegistryClient } from '@central-index/registries';
import { CachedReads } from './cached-reads';
import { readConfig, type ImageConfig } from './manifest';

/** The configuration of an image: the digests of its manifest and of its configuration. */
export interface ConfigReference {
  readonly manifest: string;
  readonly config: string;
}

// Many tags are often pushed of one image at the same time. In characters.
const maxSize = 4_000_000;

/**
 * Reads the configurations of images. What one states never changes under the digest of its manifest, so that each is
 * requested once for all tags of an image that are read at the same time, or soon after each other.
 */
export class ConfigReader {
  private readonly configs = new CachedReads<ImageConfig>({ maxSize });

  constructor(private readonly client: RegistryClient) {}

  /** Undefined when the registry does not serve it. Throws IMAGE_UNREADABLE, REGISTRY_…. */
  read(
    registry: Registry,
    path: string,
    { manifest, config }: ConfigReference,
  ): Promise<ImageConfig | undefined> {
    // Of its own repository: what one has proves nothing about another.
    const key = `${registry.id} ${path} ${manifest}`;
    return this.configs.read(key, async () => {
      const body = await this.client.blob(registry, path, config);
      return body && readConfig(body);
    });
  }
}
