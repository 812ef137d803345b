import { Injectable } from '@nestjs/common';
import { Database } from '@central-index/platform/database';
import { forEachLimited, RegistryClient, type Registry } from '@central-index/registries';
import { referrersTagOf, ReferrersReader, type Referrer } from '../contents/referrers-reader';
import { selectOtherVersions } from '../contents/referrers.queries';
import { selectIndexesOf, type TagDeletion } from './tag-deletions.queries';

/** What the registry deleted, or why it deleted nothing. */
export type TagDeletionOutcome =
  | {
      readonly deleted: 'tag' | 'image';
      /** What refers to the image, unless another version has it as well. */
      readonly referrers: readonly Referrer[];
      /** Digests of the referrers that were deleted. */
      readonly deletedReferrers: readonly string[];
    }
  | { readonly reason: string };

// Tags whose digests are requested at the same time.
const tagConcurrency = 6;
const maxUsesShown = 10;

/** Deletes a tag at its registry, by tag where the registry can, otherwise by digest. */
@Injectable()
export class RegistryTagDeletion {
  constructor(
    private readonly database: Database,
    private readonly client: RegistryClient,
    private readonly referrers: ReferrersReader,
  ) {}

  /**
   * Deletes a tag unless it points to another digest now. The image is deleted only if nothing else refers to it, and
   * what refers to it, such as signatures, if that was requested and no other version has the image. Repeating it
   * finishes what an earlier run began. Throws REGISTRY_….
   */
  async delete(registry: Registry, deletion: TagDeletion): Promise<TagDeletionOutcome> {
    const { repositoryId, registryPath: path, tag, digest } = deletion;
    const isShared = (await this.database.execute(selectOtherVersions, [repositoryId, digest, tag])) > 0;
    // Before the image is deleted: some registries then no longer list them.
    const referrers = isShared ? [] : await this.referrers.readAll(registry, { repositoryId, path, digest });
    const outcome = await this.deleteTag(registry, deletion);
    if ('reason' in outcome) return outcome;
    const deletedReferrers =
      deletion.withReferrers && !isShared
        ? await this.deleteReferrers(registry, path, digest, referrers)
        : [];
    return { ...outcome, referrers, deletedReferrers };
  }

  private async deleteReferrers(
    registry: Registry,
    path: string,
    digest: string,
    referrers: readonly Referrer[],
  ): Promise<string[]> {
    const deleted: string[] = [];
    const indexes: string[] = [];
    for (const subject of [digest, ...referrers.map((referrer) => referrer.digest)]) {
      const index = await this.client.digest(registry, path, referrersTagOf(subject));
      if (index !== undefined) indexes.push(index);
    }
    // Indexes first: some registries do not delete a manifest that an index names.
    for (const target of [...indexes, ...referrers.map((referrer) => referrer.digest).reverse()]) {
      if ((await this.client.deleteManifest(registry, path, target)) === 'deleted') deleted.push(target);
    }
    return deleted;
  }

  private async deleteTag(
    registry: Registry,
    deletion: TagDeletion,
  ): Promise<{ deleted: 'tag' | 'image' } | { reason: string }> {
    const { registryPath: path, tag, digest } = deletion;
    const current = await this.client.manifest(registry, path, tag);
    if (current === undefined) return { deleted: 'tag' };
    if (current.digest !== digest) return { reason: 'another image was pushed to it meanwhile' };
    const outcome = await this.client.deleteTag(registry, path, tag);
    if (outcome === 'deleted') return { deleted: 'tag' };
    const reasons = {
      disabled: `the registry ${registry.name} does not allow deletion; its operator must enable it`,
      referenced: `the registry ${registry.name} has an index that needs the image`,
    };
    if (outcome !== 'by-digest-only') return { reason: reasons[outcome] };
    const uses = await this.otherUses(registry, deletion);
    if (uses.length > 0) {
      const names = uses.slice(0, maxUsesShown).join(', ');
      return {
        reason: `the registry ${registry.name} can only delete the image, which is needed by ${names}`,
      };
    }
    const image = await this.client.deleteManifest(registry, path, digest);
    if (image === 'deleted') return { deleted: 'image' };
    return { reason: reasons[image === 'by-digest-only' ? 'disabled' : image] };
  }

  // Tags are read from the registry and not only from the index, because an event may not have arrived yet.
  private async otherUses(registry: Registry, deletion: TagDeletion): Promise<string[]> {
    const { repositoryId, registryPath: path, tag, digest } = deletion;
    const uses = new Set<string>();
    const listed = await this.client.tags(registry, path);
    await forEachLimited(tagConcurrency, listed, async (name) => {
      if (name !== tag && (await this.client.digest(registry, path, name)) === digest) uses.add(name);
    });
    const indexes = await this.database.query(selectIndexesOf, [repositoryId, digest]);
    for (const { name } of indexes) uses.add(name);
    return [...uses].sort();
  }
}
