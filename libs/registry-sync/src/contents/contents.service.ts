import { Injectable } from '@nestjs/common';
import { Database, toStorableJson } from '@central-index/platform/database';
import { Jobs } from '@central-index/platform/jobs';
import { PullCounter, referredDigest, repositoryChanged } from '@central-index/repositories';
import type { EntityManager } from 'typeorm';
import { tagDeleted, tagPushed } from '../registry-sync.facts';
import {
  deleteManifests,
  deleteTags,
  lockPlacedRepository,
  recordTagHistory,
  updateRepository,
  upsertManifests,
  upsertTags,
} from './contents.queries';
import type { Image } from './image-reader';
import type { ObservedContents, ObservedTag } from './observed-contents';

/** Writes tags and manifests of repositories as their registries have them. */
@Injectable()
export class ContentsService {
  constructor(
    private readonly database: Database,
    private readonly jobs: Jobs,
    private readonly pulls: PullCounter,
  ) {}

  /**
   * Makes the tags and manifests of a repository equal to what was observed, and activates a pending or hidden one that
   * has an image. The caller holds its `lock`. Emits `repository.changed`, `tag.pushed` and `tag.deleted` for what
   * changes; writing the same twice changes nothing the second time.
   */
  async write(manager: EntityManager, repositoryId: string, observed: ObservedContents): Promise<void> {
    const counts = [
      await this.writeImages(manager, repositoryId, observed.images),
      await this.writeTags(manager, repositoryId, observed),
      await this.deleteTags(manager, repositoryId, observed),
      await this.deleteImages(manager, repositoryId, observed.goneDigests),
    ];
    const isChanged = counts.some((count) => count > 0);
    const values = [repositoryId, observed.pushedAt, isChanged];
    const updated = await this.database.execute(updateRepository, values, manager);
    // A manifest that was counted as a pull of its own may be an entry of an index that is known only now.
    if (observed.images.some(({ children }) => children.length > 0)) {
      await this.pulls.recount(manager, repositoryId);
    }
    if (updated > 0) await this.jobs.emit(manager, repositoryChanged({ repositoryId }));
  }

  /**
   * Locks a repository until the transaction ends and returns its version: responses of the registry that were requested
   * at another version may be older than what was written since. Returns undefined when it is not placed on that
   * registry.
   */
  async lock(manager: EntityManager, repositoryId: string, registryId: string): Promise<string | undefined> {
    const values = [repositoryId, registryId];
    return (await this.database.queryOne(lockPlacedRepository, values, manager))?.version;
  }

  private async writeImages(
    manager: EntityManager,
    repositoryId: string,
    images: readonly Image[],
  ): Promise<number> {
    if (images.length === 0) return 0;
    const distinct = [...new Map(images.map((image) => [image.digest, image])).values()];
    return this.database.execute(upsertManifests, [repositoryId, toStorableJson(distinct)], manager);
  }

  private async writeTags(
    manager: EntityManager,
    repositoryId: string,
    { images, tags, pushes }: ObservedContents,
  ): Promise<number> {
    const byDigest = new Map(images.map((image) => [image.digest, image]));
    const observed = tags.map((tag) => {
      const image = byDigest.get(tag.digest);
      return { ...tag, refersTo: image === undefined ? null : referredDigest(tag.name, image) };
    });
    const changed =
      tags.length === 0
        ? []
        : await this.database.query(upsertTags, [repositoryId, toStorableJson(observed)], manager);
    for (const { name: tag, digest, actor, isMoved } of changed) {
      if (isMoved) await this.jobs.emit(manager, tagPushed({ repositoryId, tag, digest, actor }));
    }
    const changedNames = new Set(changed.map(({ name }) => name));
    await this.recordHistory(manager, repositoryId, [
      ...pushes,
      ...tags.filter(({ name, reported }) => !reported && changedNames.has(name)),
    ]);
    return changed.length;
  }

  private async recordHistory(
    manager: EntityManager,
    repositoryId: string,
    moves: readonly ObservedTag[],
  ): Promise<void> {
    if (moves.length === 0) return;
    await this.database.execute(recordTagHistory, [repositoryId, toStorableJson(moves)], manager);
  }

  // Tags of deleted manifests are deleted explicitly, rather than by the foreign key, so that a fact is emitted for each.
  private async deleteTags(
    manager: EntityManager,
    repositoryId: string,
    { goneTags, goneDigests, deletedBy }: ObservedContents,
  ): Promise<number> {
    if (goneTags.length + goneDigests.length === 0) return 0;
    const deleted = await this.database.query(deleteTags, [repositoryId, goneTags, goneDigests], manager);
    for (const { name: tag, digest } of deleted) {
      await this.jobs.emit(manager, tagDeleted({ repositoryId, tag, digest, actor: deletedBy ?? null }));
    }
    return deleted.length;
  }

  private async deleteImages(
    manager: EntityManager,
    repositoryId: string,
    digests: readonly string[],
  ): Promise<number> {
    if (digests.length === 0) return 0;
    return this.database.execute(deleteManifests, [repositoryId, digests], manager);
  }
}
