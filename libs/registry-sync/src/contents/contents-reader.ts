import { Injectable } from '@nestjs/common';
import { Database } from '@central-index/platform/database';
import { forEachLimited, RegistryClient, type Registry } from '@central-index/registries';
import { selectContentsSnapshot, type ContentsSnapshot, type StoredIndex } from './contents-reader.queries';
import { ContentsService } from './contents.service';
import { ImageReader, isUnreadable, type Image } from './image-reader';
import { nothingObserved, type ObservedContents } from './observed-contents';

// A repository that changes at every attempt is then read with its row locked.
const maxAttempts = 3;
// Tags of one repository that are read at the same time.
const tagConcurrency = 6;

/** A repository as its registry lists it, compared with what the index had before. */
export interface ScanResult {
  /** How many tags exist and can be read. */
  readonly tags: number;
  /** How many of them the index did not have, or had with another digest. */
  readonly changes: number;
  /** Tags that the index has and the registry does not list. */
  readonly missing: readonly string[];
}

/** How thoroughly a repository is read. */
export interface ScanOptions {
  /** Also read the digests of tags that the index knows. Without it, an unchanged repository costs one request. */
  readonly digests: boolean;
  /** Only compare, write nothing. */
  readonly dryRun?: boolean;
  /** The push that is known to have moved the tags that changed; without it, they were only found. */
  readonly push?: KnownPush;
}

/** A push that the index knows without an event: when it ended, and the id of the account. */
export interface KnownPush {
  readonly at: Date;
  readonly accountId: string;
}

interface TagChanges {
  /** Images by tag. */
  readonly changes: ReadonlyMap<string, Image>;
  /** Indexes whose entries were deleted, or became readable, while their digests stayed the same. */
  readonly indexes: readonly Image[];
  /** How many tags cannot be read. */
  readonly unreadable: number;
}

/** Reads whole repositories from registries, where no event reported what changed. */
@Injectable()
export class ContentsReader {
  constructor(
    private readonly database: Database,
    private readonly client: RegistryClient,
    private readonly images: ImageReader,
    private readonly contents: ContentsService,
  ) {}

  /**
   * Reads the tags of a repository that is placed on the registry, and stores those that are new or that moved. Deletes
   * nothing. Returns undefined when it is not placed there. Throws REGISTRY_….
   */
  async read(
    registry: Registry,
    repositoryId: string,
    options: ScanOptions = { digests: true },
  ): Promise<ScanResult | undefined> {
    for (let attempt = 1; ; attempt += 1) {
      const snapshot = await this.database.queryOne(selectContentsSnapshot, [repositoryId, registry.id]);
      if (snapshot === undefined) return undefined;
      const listed = await this.client.tags(registry, snapshot.path);
      const { changes, indexes, unreadable } = await this.readChanges(registry, snapshot, listed, options);
      const listedNames = new Set(listed);
      const result = {
        tags: listed.length - unreadable,
        changes: changes.size,
        missing: Object.keys(snapshot.storedTags).filter((tag) => !listedNames.has(tag)),
      };
      if (changes.size + indexes.length === 0 || options.dryRun) return result;
      const observed = asObserved(changes, indexes, options.push);
      if (await this.write(registry, repositoryId, snapshot.version, observed)) return result;
      if (attempt === maxAttempts) {
        for (const tag of changes.keys()) await this.readLocked(registry, repositoryId, snapshot.path, tag);
        return result;
      }
    }
  }

  private async readChanges(
    registry: Registry,
    { path, storedTags, storedIndexes }: ContentsSnapshot,
    listed: readonly string[],
    { digests }: ScanOptions,
  ): Promise<TagChanges> {
    const candidates = listed.filter((tag) => digests || !Object.hasOwn(storedTags, tag));
    const changes = new Map<string, Image>();
    let unreadable = 0;
    await forEachLimited(tagConcurrency, candidates, async (tag) => {
      try {
        const stored = Object.hasOwn(storedTags, tag) ? storedTags[tag] : undefined;
        if (stored !== undefined && (await this.client.digest(registry, path, tag)) === stored) return;
        const image = await this.images.read(registry, path, tag);
        // Undefined when the tag was deleted after it was listed.
        if (image !== undefined && image.digest !== stored) changes.set(tag, image);
      } catch (error) {
        if (!isUnreadable(error)) throw error;
        unreadable += 1;
      }
    });
    const known = storedIndexes.filter(({ digest }) => Object.values(storedTags).includes(digest));
    return { changes, indexes: digests ? await this.changedIndexes(registry, path, known) : [], unreadable };
  }

  // A registry may delete an entry of an index and keep the index.
  private async changedIndexes(
    registry: Registry,
    path: string,
    stored: readonly StoredIndex[],
  ): Promise<Image[]> {
    const changed: Image[] = [];
    await forEachLimited(tagConcurrency, stored, async ({ digest, children, isIncomplete }) => {
      if (!isIncomplete && (await this.existAll(registry, path, children))) return;
      const image = await this.images.read(registry, path, digest);
      if (image !== undefined) changed.push(image);
    });
    return changed;
  }

  private async existAll(registry: Registry, path: string, digests: readonly string[]): Promise<boolean> {
    for (const digest of digests) {
      if ((await this.client.digest(registry, path, digest)) === undefined) return false;
    }
    return true;
  }

  // False when the repository changed after the snapshot: the images may be older than what was written since.
  private write(
    registry: Registry,
    repositoryId: string,
    version: string,
    observed: ObservedContents,
  ): Promise<boolean> {
    return this.database.transaction(async (manager) => {
      if ((await this.contents.lock(manager, repositoryId, registry.id)) !== version) return false;
      await this.contents.write(manager, repositoryId, observed);
      return true;
    });
  }

  // While the row is locked, nothing newer can be written before the registry's response. One tag per transaction, so
  // that the lock is short.
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

// Tags that were observed without an event: their pushers are unknown unless the push is.
function asObserved(
  images: ReadonlyMap<string, Image>,
  indexes: readonly Image[] = [],
  push?: KnownPush,
): ObservedContents {
  const pushedAt = push?.at ?? new Date();
  const tags = [...images].map(([name, { digest }]) => {
    return { name, digest, pushedAt, pushedById: push?.accountId ?? null, reported: push !== undefined };
  });
  return {
    ...nothingObserved,
    images: [...images.values(), ...indexes],
    tags,
    ...(push !== undefined && { pushes: tags, pushedAt }),
  };
}
