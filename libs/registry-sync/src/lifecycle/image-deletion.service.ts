import { AuditService } from '@central-index/audit';
import { Database } from '@central-index/platform/database';
import {
  manifestPartsOf,
  RegistriesService,
  RegistryClient,
  type DeletionOutcome,
  type Registry,
} from '@central-index/registries';
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
import { deleteInOrder, type KeptManifests, type KeptReason } from './manifest-deletion';

// What is found again after a round was pushed meanwhile, with a token from before the deletion.
const maxRounds = 10;
const none: KeptManifests = new Map();
const reasons: Readonly<Record<KeptReason, string>> = {
  disabled: 'the registry does not allow deletion',
  'by-digest-only': 'the registry does not allow deletion',
  referenced: 'an index that the registry keeps lists them',
};

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
   * Deletes the images of a deleted repository and then releases its placement; the row of a name that never had an image
   * is deleted. Does nothing for one that was revived by a push. The audit log says what the registry keeps, and why.
   * Throws REGISTRY_…; a repeated run continues.
   */
  async deleteImages(repositoryId: string): Promise<void> {
    const tombstone = await this.database.queryOne(selectTombstone, [repositoryId]);
    if (tombstone === undefined) return;
    const registry = await this.registries.findById(tombstone.registryId);
    if (registry === undefined) return this.releasePlacement(tombstone, none);
    if (registry.kind === 'v1') return this.deleteAtV1Registry(registry, tombstone);
    const kept = await this.deleteEverything(registry, tombstone);
    if (kept !== undefined) await this.releasePlacement(tombstone, kept);
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
    const kept = await this.deleteAll(registry, source, stored, 'moved');
    if (kept === undefined) return;
    const tagged = await this.taggedDigests(registry, source);
    const pushedSince = [...tagged].filter((digest) => !stored.has(digest));
    await this.database.transaction(async (manager) => {
      await this.auditKept(manager, source, kept);
      if (pushedSince.length === 0) return;
      await this.auditUndeleted(manager, source, pushedSince.length, 'they were pushed there after the move');
    });
  }

  // A v1 registry deletes a repository as a whole. Its row is locked meanwhile, so that a push that revives it waits.
  private async deleteAtV1Registry(registry: Registry, tombstone: RegistryContent): Promise<void> {
    const { id, registryId, registryPath } = tombstone;
    const isDeleted = await this.database.transaction(async (manager) => {
      const locked = await this.database.execute(lockForDeletion.tombstone, [id, registryId], manager);
      return locked > 0 ? this.client.deleteV1Repository(registry, registryPath) : undefined;
    });
    if (isDeleted === undefined) return;
    const kept = isDeleted ? [] : [...(await this.storedDigests(id))];
    await this.releasePlacement(tombstone, new Map(kept.map((digest) => [digest, 'disabled'])));
  }

  // Rounds, because tags may have been pushed while the others were deleted: what stays would come back with the next push
  // that revives the name.
  private async deleteEverything(
    registry: Registry,
    tombstone: RegistryContent,
  ): Promise<KeptManifests | undefined> {
    let kept = none;
    for (let round = 0; round < maxRounds; round += 1) {
      const digests = await this.allDigests(registry, tombstone);
      if ([...digests].every((digest) => kept.has(digest))) break;
      const left = await this.deleteAll(
        registry,
        tombstone,
        new Set([...digests, ...kept.keys()]),
        'tombstone',
      );
      if (left === undefined) return undefined;
      kept = left;
    }
    return kept;
  }

  // Returns the manifests that the registry keeps; undefined when the repository changed and nothing more may be deleted.
  private deleteAll(
    registry: Registry,
    content: RegistryContent,
    digests: ReadonlySet<string>,
    as: keyof typeof lockForDeletion,
  ): Promise<KeptManifests | undefined> {
    return deleteInOrder(digests, (digest) => this.deleteOne(registry, content, digest, as));
  }

  private async storedDigests(repositoryId: string): Promise<Set<string>> {
    const rows = await this.database.query(selectStoredDigests, [repositoryId]);
    return new Set(rows.map(({ digest }) => digest));
  }

  private async taggedDigests(registry: Registry, { registryPath }: RegistryContent): Promise<Set<string>> {
    const digests = new Set<string>();
    for (const tag of await this.client.tags(registry, registryPath)) {
      const digest = await this.client.digest(registry, registryPath, tag);
      if (digest !== undefined) digests.add(digest);
    }
    return digests;
  }

  // What the index stores, and what no event reported: tags, their entries, and what refers to all these.
  private async allDigests(registry: Registry, { id, registryPath }: RegistryContent): Promise<Set<string>> {
    const digests = await this.storedDigests(id);
    const unread = await this.client.tags(registry, registryPath);
    for (let reference = unread.pop(); reference !== undefined; reference = unread.pop()) {
      const manifest = await this.client.manifest(registry, registryPath, reference);
      if (manifest === undefined || (digests.has(manifest.digest) && manifest.digest !== reference)) continue;
      digests.add(manifest.digest);
      const entries = manifestPartsOf(registry, manifest).manifests.filter((entry) => !digests.has(entry));
      for (const entry of entries) digests.add(entry);
      unread.push(...entries);
    }
    for (const digest of digests) {
      const referrers = await this.client.referrers(registry, registryPath, digest);
      // A registry without that API has them under tags.
      if (referrers === undefined) break;
      for (const referrer of referrers) digests.add(referrer.digest);
    }
    return digests;
  }

  // The row is locked while the registry deletes: a push that revives the name waits, so that nothing of it is deleted.
  private deleteOne(
    registry: Registry,
    { id, registryId, registryPath }: RegistryContent,
    digest: string,
    as: keyof typeof lockForDeletion,
  ): Promise<DeletionOutcome | 'changed'> {
    return this.database.transaction(async (manager) => {
      const locked = await this.database.execute(lockForDeletion[as], [id, registryId], manager);
      if (locked === 0) return 'changed';
      const outcome = await this.client.deleteManifest(registry, registryPath, digest);
      if (outcome === 'deleted') {
        await this.database.execute(deletePlacedManifest, [id, digest, registryId], manager);
      }
      return outcome;
    });
  }

  private async releasePlacement(
    { id, path, registryId }: RegistryContent,
    kept: KeptManifests,
  ): Promise<void> {
    await this.database.transaction(async (manager) => {
      const released = await this.database.execute(releasePlacement, [id, registryId], manager);
      if (released === 0) return;
      await this.database.execute(deleteAllManifests, [id], manager);
      await this.database.execute(deleteReleasedName, [id], manager);
      await this.auditKept(manager, { path }, kept);
    });
  }

  private async auditKept(
    manager: EntityManager,
    content: Pick<RegistryContent, 'path'>,
    kept: KeptManifests,
  ): Promise<void> {
    const texts = [...kept.values()].map((reason) => reasons[reason]);
    for (const reason of new Set(texts)) {
      const manifests = texts.filter((text) => text === reason).length;
      await this.auditUndeleted(manager, content, manifests, reason);
    }
  }

  private auditUndeleted(
    manager: EntityManager,
    { path }: Pick<RegistryContent, 'path'>,
    manifests: number,
    reason: string,
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
