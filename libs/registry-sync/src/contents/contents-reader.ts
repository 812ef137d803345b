import { Injectable } from '@nestjs/common';
import { Database } from '@central-index/platform/database';
import { inParallel, RegistryClient, type Registry } from '@central-index/registries';
import { ContentsService, type ObservedContents } from './contents.service';
import { ImageReader, isUnreadable, type Image } from './image-reader';

// A repository that changes all the time is not chased for longer.
const maxTries = 3;
// Tags that are asked for at the same time.
const parallel = 6;

/** A repository as its registry lists it, beside what the index held before. */
export interface ScanResult {
  /** Tags that are there and can be read. */
  readonly tags: number;
  /** Tags that the index did not have so. */
  readonly changes: number;
  /** Tags that the index has and the registry does not list. */
  readonly missing: readonly string[];
}

/** How closely to look. */
export interface ScanOptions {
  /** Ask for the digest of tags that the index knows, too. Else one request tells of a repository that is unchanged. */
  readonly digests: boolean;
  /** Only tell, write nothing. */
  readonly dryRun?: boolean;
}

interface Snapshot {
  readonly version: string;
  readonly path: string;
  readonly storedTags: Readonly<Record<string, string>>;
}

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
   * Reads the tags of a repository that is placed on the registry, and adds or moves those that the index does not
   * have so. Deletes nothing. Undefined when it is not placed there. Throws REGISTRY_….
   */
  async read(
    registry: Registry,
    repositoryId: string,
    look: ScanOptions = { digests: true },
  ): Promise<ScanResult | undefined> {
    for (let tries = 1; ; tries += 1) {
      const before = await this.snapshot(registry, repositoryId);
      if (before === undefined) return undefined;
      const listed = await this.client.tags(registry, before.path);
      const { changes, unreadable } = await this.readChanges(registry, before, listed, look);
      const there = new Set(listed);
      const reading = {
        tags: listed.length - unreadable,
        changes: changes.size,
        missing: Object.keys(before.storedTags).filter((tag) => !there.has(tag)),
      };
      if (changes.size === 0 || look.dryRun) return reading;
      if (await this.write(registry, repositoryId, before.version, changes)) return reading;
      if (tries === maxTries) {
        for (const tag of changes.keys()) await this.readLocked(registry, repositoryId, before.path, tag);
        return reading;
      }
    }
  }

  private async snapshot(registry: Registry, repositoryId: string): Promise<Snapshot | undefined> {
    const [row] = await this.database.rows<Snapshot>(
      `select version, registry_path as path,
              (select coalesce(json_object_agg(name, digest), '{}') from tag where repository_id = $1) as "storedTags"
         from repository where id = $1 and registry_id = $2 and state <> 'deleted'`,
      [repositoryId, registry.id],
    );
    return row;
  }

  /** Images of the tags that the index does not have so; those that cannot be read are left out and counted. */
  private async readChanges(
    registry: Registry,
    { path, storedTags }: Snapshot,
    listed: readonly string[],
    { digests }: ScanOptions,
  ): Promise<{ changes: Map<string, Image>; unreadable: number }> {
    const asked = listed.filter((tag) => digests || !Object.hasOwn(storedTags, tag));
    const changes = new Map<string, Image>();
    let unreadable = 0;
    await inParallel(parallel, asked, async (tag) => {
      try {
        const known = Object.hasOwn(storedTags, tag) ? storedTags[tag] : undefined;
        if (known !== undefined && (await this.client.digest(registry, path, tag)) === known) return;
        const image = await this.images.read(registry, path, tag);
        // A tag that goes while it is read is none.
        if (image !== undefined && image.digest !== known) changes.set(tag, image);
      } catch (error) {
        if (!isUnreadable(error)) throw error;
        unreadable += 1;
      }
    });
    return { changes, unreadable };
  }

  // False when the repository was changed since its registry was asked: the answers may be older than what was written.
  private write(
    registry: Registry,
    repositoryId: string,
    version: string,
    changes: ReadonlyMap<string, Image>,
  ): Promise<boolean> {
    return this.database.transaction(async (manager) => {
      if ((await this.contents.lock(manager, repositoryId, registry.id)) !== version) return false;
      await this.contents.write(manager, repositoryId, asObserved(changes));
      return true;
    });
  }

  // Nothing overtakes the registry's answer while the row is locked; one tag at a time, so that nobody waits for long.
  private readLocked(registry: Registry, repositoryId: string, path: string, tag: string): Promise<void> {
    return this.database.transaction(async (manager) => {
      if ((await this.contents.lock(manager, repositoryId, registry.id)) === undefined) return;
      const image = await this.images.read(registry, path, tag).catch((error: unknown) => {
        if (!isUnreadable(error)) throw error;
        return undefined;
      });
      if (image !== undefined) {
        await this.contents.write(manager, repositoryId, asObserved(new Map([[tag, image]])));
      }
    });
  }
}

/** Tags that were seen to be there, without a report of who pushed them. */
function asObserved(images: ReadonlyMap<string, Image>): ObservedContents {
  const pushedAt = new Date();
  return {
    images: [...images.values()],
    tags: [...images].map(([name, { digest }]) => {
      return { name, digest, pushedAt, pushedById: null, reported: false };
    }),
    goneTags: [],
    goneDigests: [],
    pushes: [],
    pushedAt: null,
  };
}
