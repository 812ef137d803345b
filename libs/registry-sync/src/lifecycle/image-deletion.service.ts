import { AuditService } from '@central-index/audit';
import { Database } from '@central-index/platform/database';
import { RegistriesService, RegistryClient, type Registry } from '@central-index/registries';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

/** What a repository has at a registry, and shall have no more. */
interface RegistryContent {
  readonly id: string;
  readonly path: string;
  readonly registryId: string;
  readonly registryPath: string;
}

/** Deletes at the registry what was deleted here. */
@Injectable()
export class ImageDeletionService {
  constructor(
    private readonly database: Database,
    private readonly registries: RegistriesService,
    private readonly client: RegistryClient,
    private readonly audit: AuditService,
  ) {}

  /**
   * Deletes the images of a removed repository and then lets go of its place. Does nothing for one that was pushed
   * anew meanwhile. Where the registry deletes nothing, the images stay, unreachable, and the audit log says so.
   * Throws when the registry cannot be asked; run again, it goes on.
   */
  async deleteImages(repositoryId: string): Promise<void> {
    const tombstone = await this.find(repositoryId);
    if (tombstone === undefined) return;
    const registry = await this.registries.findById(tombstone.registryId);
    // A v1 registry has no manifests that could be asked for.
    if (registry === undefined || registry.kind === 'v1') return this.releasePlacement(tombstone, 0);
    const digests = await this.storedDigests(repositoryId);
    // What the registry still names, too: a report may not have come yet.
    for (const digest of await this.tagged(registry, tombstone)) digests.add(digest);
    const kept = await this.deleteAll(registry, tombstone, digests, `state = 'deleted' and registry_id = $2`);
    if (kept !== undefined) await this.releasePlacement(tombstone, kept);
  }

  /**
   * Deletes what a moved repository left at a registry, unless it lies there again. Only what is at the new place is
   * deleted: a push that ended there after the move stays. The audit log tells of what stays. Throws when the registry
   * cannot be asked; run again, it goes on.
   */
  async deleteMovedSource(repositoryId: string, registryId: string, registryPath: string): Promise<void> {
    const [row] = await this.database.rows<{ path: string }>('select path from repository where id = $1', [
      repositoryId,
    ]);
    const registry = await this.registries.findById(registryId);
    if (row === undefined || registry === undefined) return;
    const left = { id: repositoryId, path: row.path, registryId, registryPath };
    const known = await this.storedDigests(repositoryId);
    const kept = await this.deleteAll(registry, left, known, 'registry_id is distinct from $2');
    if (kept === undefined) return;
    const pushedSince = [...(await this.tagged(registry, left))].filter((digest) => !known.has(digest));
    await this.database.transaction(async (manager) => {
      if (kept > 0) await this.auditUndeleted(manager, left, kept);
      if (pushedSince.length === 0) return;
      await this.auditUndeleted(manager, left, pushedSince.length, 'they were pushed there after the move');
    });
  }

  // Answers how many manifests the registry kept; undefined when the repository is no longer as `still` says.
  private async deleteAll(
    registry: Registry,
    remains: RegistryContent,
    digests: ReadonlySet<string>,
    still: string,
  ): Promise<number | undefined> {
    let kept = 0;
    for (const digest of digests) {
      const outcome = await this.deleteOne(registry, remains, digest, still);
      if (outcome === 'changed') return undefined;
      if (outcome === 'kept') kept += 1;
    }
    return kept;
  }

  private async find(id: string): Promise<RegistryContent | undefined> {
    const [row] = await this.database.rows<RegistryContent>(
      `select id, path, registry_id as "registryId", registry_path as "registryPath"
         from repository where id = $1 and state = 'deleted' and registry_id is not null`,
      [id],
    );
    return row;
  }

  // Entries of an index are there with it, whether they were reported or not.
  private async storedDigests(id: string): Promise<Set<string>> {
    const rows = await this.database.rows<{ digest: string }>(
      `select digest from manifest where repository_id = $1
       union select unnest(children) from manifest where repository_id = $1`,
      [id],
    );
    return new Set(rows.map(({ digest }) => digest));
  }

  private async tagged(registry: Registry, { registryPath }: RegistryContent): Promise<Set<string>> {
    const digests = new Set<string>();
    for (const tag of await this.client.tags(registry, registryPath)) {
      const manifest = await this.client.manifest(registry, registryPath, tag);
      if (manifest !== undefined) digests.add(manifest.digest);
    }
    return digests;
  }

  // The row stays locked while the registry deletes: a push that revives the name waits, and nothing of it is deleted.
  private deleteOne(
    registry: Registry,
    remains: RegistryContent,
    digest: string,
    still: string,
  ): Promise<'deleted' | 'kept' | 'changed'> {
    return this.database.transaction(async (manager) => {
      const [row] = await this.database.rows<{ state: string }>(
        `select state from repository where id = $1 and ${still} for no key update`,
        [remains.id, remains.registryId],
        manager,
      );
      if (row === undefined) return 'changed';
      const deleted = await this.client.deleteManifest(registry, remains.registryPath, digest);
      if (!deleted) return 'kept';
      // What a moved one has is at its new place.
      await manager.query(
        `delete from manifest where repository_id = $1 and digest = $2
            and exists (select from repository where id = $1 and registry_id = $3)`,
        [remains.id, digest, remains.registryId],
      );
      return 'deleted';
    });
  }

  private async releasePlacement(tombstone: RegistryContent, kept: number): Promise<void> {
    await this.database.transaction(async (manager) => {
      const rows = await this.database.rows(
        `update repository set registry_id = null, registry_path = null
          where id = $1 and state = 'deleted' and registry_id = $2 returning id`,
        [tombstone.id, tombstone.registryId],
        manager,
      );
      if (rows.length === 0) return;
      await manager.query('delete from manifest where repository_id = $1', [tombstone.id]);
      if (kept > 0) await this.auditUndeleted(manager, tombstone, kept);
    });
  }

  private auditUndeleted(
    manager: EntityManager,
    { path }: RegistryContent,
    manifests: number,
    reason = 'the registry does not delete',
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
