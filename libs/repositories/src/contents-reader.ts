import { Injectable } from '@nestjs/common';
import { Database } from '@central-index/platform/database';
import { RegistryClient, type Registry } from '@central-index/registries';
import { ContentsService } from './contents.service';
import { ImageReader, isUnreadable, type Image } from './image-reader';

const maxTries = 10;
// Tags that are asked for at the same time.
const parallel = 6;

/** Reads whole repositories from registries, for when no report tells what changed. */
@Injectable()
export class ContentsReader {
  constructor(
    private readonly database: Database,
    private readonly client: RegistryClient,
    private readonly images: ImageReader,
    private readonly contents: ContentsService,
  ) {}

  /**
   * Reads all tags of a repository that is placed on the registry, and adds or moves those that the index does not
   * have so. Deletes nothing. Answers how many tags there are. Throws REGISTRY_….
   */
  async read(registry: Registry, repositoryId: string): Promise<number> {
    for (let tries = 0; tries < maxTries; tries += 1) {
      const [before] = await this.database.rows<{ version: string; path: string }>(
        `select version, registry_path as path from repository
          where id = $1 and registry_id = $2 and state <> 'deleted'`,
        [repositoryId, registry.id],
      );
      if (before === undefined) return 0;
      const found = await this.readTags(registry, before.path);
      const done = await this.database.transaction(async (manager) => {
        if ((await this.contents.lock(manager, repositoryId, registry.id)) !== before.version) return false;
        const now = new Date();
        await this.contents.write(manager, repositoryId, {
          images: [...found.values()],
          tags: [...found].map(([name, { digest }]) => ({
            name,
            digest,
            pushedAt: now,
            pushedById: null,
            reported: false,
          })),
          goneTags: [],
          goneDigests: [],
          pulls: 0,
          pushedAt: null,
        });
        return true;
      });
      if (done) return found.size;
    }
    throw new Error(`repository ${repositoryId} changes faster than it can be read`);
  }

  /** Tags with their images; those that cannot be read are left out. */
  private async readTags(registry: Registry, path: string): Promise<Map<string, Image>> {
    const tags = await this.client.tags(registry, path);
    const found = new Map<string, Image>();
    for (let from = 0; from < tags.length; from += parallel) {
      const slice = tags.slice(from, from + parallel);
      const images = await Promise.all(
        slice.map((tag) =>
          this.images.read(registry, path, tag).catch((error: unknown) => {
            if (isUnreadable(error)) return undefined;
            throw error;
          }),
        ),
      );
      for (const [n, image] of images.entries()) if (image) found.set(slice[n]!, image);
    }
    return found;
  }
}
