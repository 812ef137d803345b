import { Injectable } from '@nestjs/common';
import { AuditService } from '@central-index/audit';
import { Database } from '@central-index/platform/database';
import { RegistryClient, type Registry } from '@central-index/registries';
import type { EntityManager } from 'typeorm';
import { ContentsService } from '../contents/contents.service';
import { nothingObserved } from '../contents/observed-contents';
import {
  deleteFoundTags,
  deleteMissingTags,
  insertMissingTags,
  selectStoredRepository,
  type StoredRepository,
} from './missing-tags.queries';
import type { MissingRepositoryTags } from './reconcile-result';

/** What the registry responded 404 for. */
interface GoneContents {
  readonly tags: readonly string[];
  readonly digests: readonly string[];
}

const maxAttempts = 3;
// Others wait for the lock meanwhile, and the database ends transactions that are idle for half a minute.
const maxTagsWhileLocked = 100;

/** Tags that registries no longer list: recorded at first, and deleted when the registry confirms it. */
@Injectable()
export class MissingTagsService {
  constructor(
    private readonly database: Database,
    private readonly client: RegistryClient,
    private readonly contents: ContentsService,
    private readonly audit: AuditService,
  ) {}

  /** Records which tags of a repository are missing, and since when; removes the records of tags that are listed again. */
  async record(repositoryId: string, missing: readonly string[]): Promise<void> {
    await this.database.transaction(async (manager) => {
      await this.database.execute(deleteFoundTags, [repositoryId, missing], manager);
      await this.database.execute(insertMissingTags, [repositoryId, missing], manager);
    });
  }

  /**
   * Deletes the tags that two reconciles missed and for which the registry responds 404, with the manifests that went with
   * them. If the repository changes at every attempt, only the first tags are deleted, with its row locked, and the others
   * by a later reconcile. Returns how many tags were deleted. Throws REGISTRY_….
   */
  async delete(registry: Registry, { repositoryId, confirmed }: MissingRepositoryTags): Promise<number> {
    for (let attempt = 0; attempt < maxAttempts; attempt += 1) {
      const stored = await this.stored(registry, repositoryId);
      if (stored === undefined) return 0;
      const gone = await this.confirmMissing(registry, stored, confirmed);
      const deleted = await this.database.transaction(async (manager) => {
        // At another version, the responses may be older than what was written since.
        const version = await this.contents.lock(manager, repositoryId, registry.id);
        if (version !== stored.version) return undefined;
        return this.write(manager, registry, repositoryId, stored, gone);
      });
      if (deleted !== undefined) return deleted;
    }
    return this.database.transaction(async (manager) => {
      await this.contents.lock(manager, repositoryId, registry.id);
      const stored = await this.stored(registry, repositoryId, manager);
      if (stored === undefined) return 0;
      const gone = await this.confirmMissing(registry, stored, confirmed.slice(0, maxTagsWhileLocked));
      return this.write(manager, registry, repositoryId, stored, gone);
    });
  }

  private async confirmMissing(
    registry: Registry,
    { registryPath, manifests }: StoredRepository,
    confirmed: readonly string[],
  ): Promise<GoneContents> {
    const isGone = async (reference: string): Promise<boolean> =>
      (await this.client.manifest(registry, registryPath, reference)) === undefined;
    const tags = new Set<string>();
    for (const tag of confirmed) if (await isGone(tag)) tags.add(tag);
    const isRemaining = (tag: string): boolean => !tags.has(tag);
    const hasRemaining = manifests.some((manifest) => manifest.tags.some(isRemaining));
    // All manifests of a repository without remaining tags are requested, otherwise only those of the gone tags.
    const candidates = manifests.filter(
      (manifest) =>
        (!hasRemaining || manifest.tags.some((tag) => tags.has(tag))) && !manifest.tags.some(isRemaining),
    );
    const digests: string[] = [];
    for (const { digest } of candidates) if (await isGone(digest)) digests.push(digest);
    return { tags: [...tags], digests };
  }

  private stored(
    registry: Registry,
    repositoryId: string,
    manager?: EntityManager,
  ): Promise<StoredRepository | undefined> {
    return this.database.queryOne(selectStoredRepository, [repositoryId, registry.id], manager);
  }

  private async write(
    manager: EntityManager,
    registry: Registry,
    repositoryId: string,
    { path }: StoredRepository,
    { tags, digests }: GoneContents,
  ): Promise<number> {
    if (tags.length === 0) return 0;
    await this.contents.write(manager, repositoryId, {
      ...nothingObserved,
      goneTags: tags,
      goneDigests: digests,
    });
    await this.database.execute(deleteMissingTags, [repositoryId, tags], manager);
    await this.audit.record(manager, {
      action: 'repository.tags-reconciled',
      actor: { name: ':index' },
      subjectType: 'repository',
      subject: path,
      detail: { registry: registry.name, tags },
    });
    return tags.length;
  }
}
