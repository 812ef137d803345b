import { AuditService } from '@central-index/audit';
import { Database } from '@central-index/platform/database';
import { RegistriesService, RegistryClient, type Registry } from '@central-index/registries';
import { Injectable } from '@nestjs/common';

interface Tombstone {
  readonly id: string;
  readonly path: string;
  readonly registryId: string;
  readonly registryPath: string;
}

/** Deletes at the registry what was deleted here. */
@Injectable()
export class RemovalsService {
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
    let kept = 0;
    // A v1 registry has no manifests that could be asked for.
    if (registry !== undefined && registry.kind !== 'v1') {
      for (const digest of await this.digests(registry, tombstone)) {
        const outcome = await this.deleteOne(registry, tombstone, digest);
        if (outcome === 'revived') return;
        if (outcome === 'kept') kept += 1;
      }
    }
    await this.letGo(tombstone, kept);
  }

  private async find(id: string): Promise<Tombstone | undefined> {
    const [row] = await this.database.rows<Tombstone>(
      `select id, path, registry_id as "registryId", registry_path as "registryPath"
         from repository where id = $1 and state = 'deleted' and registry_id is not null`,
      [id],
    );
    return row;
  }

  // What the index knew, and what the registry still names: a report may not have come yet.
  private async digests(registry: Registry, { id, registryPath }: Tombstone): Promise<Set<string>> {
    const known = await this.database.rows<{ digest: string }>(
      'select digest from manifest where repository_id = $1',
      [id],
    );
    const digests = new Set(known.map(({ digest }) => digest));
    for (const tag of await this.client.tags(registry, registryPath)) {
      const manifest = await this.client.manifest(registry, registryPath, tag);
      if (manifest !== undefined) digests.add(manifest.digest);
    }
    return digests;
  }

  // The row stays locked while the registry deletes: a push that revives the name waits, and nothing of it is deleted.
  private deleteOne(
    registry: Registry,
    tombstone: Tombstone,
    digest: string,
  ): Promise<'deleted' | 'kept' | 'revived'> {
    return this.database.transaction(async (manager) => {
      const [still] = await this.database.rows(
        `select id from repository where id = $1 and state = 'deleted' and registry_id = $2 for no key update`,
        [tombstone.id, tombstone.registryId],
        manager,
      );
      if (!still) return 'revived';
      const deleted = await this.client.deleteManifest(registry, tombstone.registryPath, digest);
      if (!deleted) return 'kept';
      await manager.query('delete from manifest where repository_id = $1 and digest = $2', [
        tombstone.id,
        digest,
      ]);
      return 'deleted';
    });
  }

  private async letGo(tombstone: Tombstone, kept: number): Promise<void> {
    await this.database.transaction(async (manager) => {
      const rows = await this.database.rows(
        `update repository set registry_id = null, registry_path = null
          where id = $1 and state = 'deleted' and registry_id = $2 returning id`,
        [tombstone.id, tombstone.registryId],
        manager,
      );
      if (rows.length === 0) return;
      await manager.query('delete from manifest where repository_id = $1', [tombstone.id]);
      if (kept === 0) return;
      await this.audit.record(manager, {
        action: 'repository.images-kept',
        actor: { name: ':index' },
        subjectType: 'repository',
        subject: tombstone.path,
        detail: { manifests: kept, reason: 'the registry does not delete' },
      });
    });
  }
}
