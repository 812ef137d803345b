import { AuditService } from '@central-index/audit';
import { Database } from '@central-index/platform/database';
import { RegistriesService, RegistryClient, type Registry } from '@central-index/registries';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { deleteAllManifests } from '../contents/contents.queries';
import {
  deleteReleasedName,
  deletePlacedManifest,
  lockForDeletion,
  releasePlacement,
  selectPath,
  selectStoredDigests,
  selectTombstone,
  type RegistryContent,
} from './image-deletion.queries';

/** Deletes images at registries: of deleted repositories, and of those that moved to another registry. */
@Injectable()
export class ImageDeletionService {
  constructor(
    private readonly database: Database,
    private readonly registries: RegistriesService,
    private readonly client: RegistryClient,
    private readonly audit: AuditService,
  ) {}

  /**
   * Deletes the images of a deleted repository and then releases its placement; the row of a name that
   * never had an image is deleted. Does nothing for one that was revived by a push. Where the registry does not allow deletion, the images stay, unreachable, and the audit log says so. Throws
   * REGISTRY_…; a repeated run continues.
   */
  async deleteImages(repositoryId: string): Promise<void> {
    const tombstone = await this.database.queryOne(selectTombstone, [repositoryId]);
    if (tombstone === undefined) return;
    const registry = await this.registries.findById(tombstone.registryId);
    // A v1 registry has no manifests that could be deleted.
    if (registry === undefined || registry.kind === 'v1') return this.releasePlacement(tombstone, 0);
    const digests = await this.storedDigests(repositoryId);
    // Also what is tagged at the registry, because an event may not have arrived yet.
    for (const digest of await this.taggedDigests(registry, tombstone)) digests.add(digest);
    const undeleted = await this.deleteAll(registry, tombstone, digests, 'tombstone');
    if (undeleted !== undefined) await this.releasePlacement(tombstone, undeleted);
  }

  /**
   * Deletes the images that a moved repository left at its former registry, unless it was moved back. Only what is at its
   * new registry too is deleted: a push that ended at the former one after the move stays. The audit log names what
   * stays. Throws REGISTRY_…; a repeated run continues.
   */
  async deleteMovedSource(repositoryId: string, registryId: string, registryPath: string): Promise<void> {
    const row = await this.database.queryOne(selectPath, [repositoryId]);
    const registry = await this.registries.findById(registryId);
    if (row === undefined || registry === undefined) return;
    const source = { id: repositoryId, path: row.path, registryId, registryPath };
    const stored = await this.storedDigests(repositoryId);
    const undeleted = await this.deleteAll(registry, source, stored, 'moved');
    if (undeleted === undefined) return;
    const tagged = await this.taggedDigests(registry, source);
    const pushedSince = [...tagged].filter((digest) => !stored.has(digest));
    await this.database.transaction(async (manager) => {
      if (undeleted > 0) await this.auditUndeleted(manager, source, undeleted);
      if (pushedSince.length === 0) return;
      await this.auditUndeleted(manager, source, pushedSince.length, 'they were pushed there after the move');
    });
  }

  // Returns how many manifests the registry did not delete; undefined when the repository changed and nothing more may be
  // deleted.
  private async deleteAll(
    registry: Registry,
    content: RegistryContent,
    digests: ReadonlySet<string>,
    as: keyof typeof lockForDeletion,
  ): Promise<number | undefined> {
    let undeleted = 0;
    for (const digest of digests) {
      const outcome = await this.deleteOne(registry, content, digest, as);
      if (outcome === 'changed') return undefined;
      if (outcome === 'undeleted') undeleted += 1;
    }
    return undeleted;
  }

  private async storedDigests(repositoryId: string): Promise<Set<string>> {
    const rows = await this.database.query(selectStoredDigests, [repositoryId]);
    return new Set(rows.map(({ digest }) => digest));
  }

  private async taggedDigests(registry: Registry, { registryPath }: RegistryContent): Promise<Set<string>> {
    const digests = new Set<string>();
    for (const tag of await this.client.tags(registry, registryPath)) {
      const manifest = await this.client.manifest(registry, registryPath, tag);
      if (manifest !== undefined) digests.add(manifest.digest);
    }
    return digests;
  }

  // The row is locked while the registry deletes: a push that revives the name waits, so that nothing of it is deleted.
  private deleteOne(
    registry: Registry,
    { id, registryId, registryPath }: RegistryContent,
    digest: string,
    as: keyof typeof lockForDeletion,
  ): Promise<'deleted' | 'undeleted' | 'changed'> {
    return this.database.transaction(async (manager) => {
      const locked = await this.database.execute(lockForDeletion[as], [id, registryId], manager);
      if (locked === 0) return 'changed';
      if (!(await this.client.deleteManifest(registry, registryPath, digest))) return 'undeleted';
      await this.database.execute(deletePlacedManifest, [id, digest, registryId], manager);
      return 'deleted';
    });
  }

  private async releasePlacement(
    { id, path, registryId }: RegistryContent,
    undeleted: number,
  ): Promise<void> {
    await this.database.transaction(async (manager) => {
      const released = await this.database.execute(releasePlacement, [id, registryId], manager);
      if (released === 0) return;
      await this.database.execute(deleteAllManifests, [id], manager);
      await this.database.execute(deleteReleasedName, [id], manager);
      if (undeleted > 0) await this.auditUndeleted(manager, { path }, undeleted);
    });
  }

  private auditUndeleted(
    manager: EntityManager,
    { path }: Pick<RegistryContent, 'path'>,
    manifests: number,
    reason = 'the registry does not allow deletion',
  ): Promise<void> {
    return this.audit.record(manager, {
      action: 'repository.images-kept',
      actor: { name: ':index' },
      subjectType: 'repository',
      subject: path,
      detail: { manifests, reason },
    });
  }
}
