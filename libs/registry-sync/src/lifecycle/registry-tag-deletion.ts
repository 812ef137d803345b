import { Injectable } from '@nestjs/common';
import { Database } from '@central-index/platform/database';
import { forEachLimited, RegistryClient, type Registry } from '@central-index/registries';
import { selectIndexesOf, type TagDeletion } from './tag-deletions.queries';

/** What the registry deleted, or why it deleted nothing. */
export type TagDeletionOutcome =
  | { readonly deleted: 'tag' | 'image' }
  | {
      readonly reason: string;
    };

// Tags whose digests are requested at the same time.
const tagConcurrency = 6;
const maxReferrersShown = 10;

/** Deletes a tag at its registry, by tag where the registry can, otherwise by digest. */
@Injectable()
export class RegistryTagDeletion {
  constructor(
    private readonly database: Database,
    private readonly client: RegistryClient,
  ) {}

  /**
   * Deletes a tag unless it points to another digest now. The image is deleted only if nothing else refers to it. Throws
   * REGISTRY_….
   */
  async delete(registry: Registry, deletion: TagDeletion): Promise<TagDeletionOutcome> {
    const { registryPath: path, tag, digest } = deletion;
    const current = await this.client.manifest(registry, path, tag);
    if (current === undefined) return { deleted: 'tag' };
    if (current.digest !== digest) return { reason: 'another image was pushed to it meanwhile' };
    const outcome = await this.client.deleteTag(registry, path, tag);
    if (outcome === 'deleted') return { deleted: 'tag' };
    const notAllowed = `the registry ${registry.name} does not allow deletion; its operator must enable it`;
    if (outcome === 'refused') return { reason: notAllowed };
    const referrers = await this.otherReferrers(registry, deletion);
    if (referrers.length > 0) {
      const names = referrers.slice(0, maxReferrersShown).join(', ');
      return {
        reason: `the registry ${registry.name} can only delete the image, which is needed by ${names}`,
      };
    }
    const isDeleted = await this.client.deleteManifest(registry, path, digest);
    return isDeleted ? { deleted: 'image' } : { reason: notAllowed };
  }

  // Tags are read from the registry and not only from the index, because an event may not have arrived yet.
  private async otherReferrers(registry: Registry, deletion: TagDeletion): Promise<string[]> {
    const { repositoryId, registryPath: path, tag, digest } = deletion;
    const referrers = new Set<string>();
    const listed = await this.client.tags(registry, path);
    await forEachLimited(tagConcurrency, listed, async (name) => {
      if (name !== tag && (await this.client.digest(registry, path, name)) === digest) referrers.add(name);
    });
    const indexes = await this.database.query(selectIndexesOf, [repositoryId, digest]);
    for (const { name } of indexes) referrers.add(name);
    return [...referrers].sort();
  }
}
