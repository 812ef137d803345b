import { Injectable } from '@nestjs/common';
import type { Actor } from '@central-index/audit';
import { Database } from '@central-index/platform/database';
import { Jobs } from '@central-index/platform/jobs';
import { RegistriesService } from '@central-index/registries';
import type { EntityManager } from 'typeorm';
import { repositoryChanged } from '../repository/repositories.facts';

/** Where repositories lie, seen from their registries. */
@Injectable()
export class PlacementsService {
  constructor(
    private readonly database: Database,
    private readonly registries: RegistriesService,
    private readonly jobs: Jobs,
  ) {}

  /**
   * Removes a registry. While repositories are placed on it this throws REGISTRY_IN_USE, unless they are orphaned:
   * then those with images are hidden until they are pushed elsewhere, and those that never had any are free to go
   * elsewhere. Tombstones do not count. Answers how many were hidden.
   */
  async removeRegistry(name: string, options: { hideOrphans: boolean }, actor: Actor): Promise<number> {
    const { id } = await this.registries.get(name);
    return this.database.transaction(async (manager) => {
      await this.clearPlacement(manager, id, `state = 'deleted'`, 'state');
      const hidden = options.hideOrphans ? await this.hideOrphans(manager, id) : [];
      for (const repositoryId of hidden) await this.jobs.emit(manager, repositoryChanged({ repositoryId }));
      await this.registries.remove(manager, name, actor, { orphaned: hidden.length });
      return hidden.length;
    });
  }

  private async hideOrphans(manager: EntityManager, registryId: string): Promise<string[]> {
    await manager.query(
      `delete from repository where registry_id = $1 and state = 'pending' and deleted_at is null`,
      [registryId],
    );
    await this.clearPlacement(manager, registryId, `state = 'pending'`, `'deleted'`);
    const image = 'exists (select from manifest where repository_id = repository.id)';
    const hidden = await this.clearPlacement(manager, registryId, image, `'hidden'`);
    await this.clearPlacement(manager, registryId, 'true', 'state');
    return hidden;
  }

  private async clearPlacement(
    manager: EntityManager,
    registryId: string,
    which: string,
    state: string,
  ): Promise<string[]> {
    const rows = await this.database.rows<{ id: string }>(
      `update repository set registry_id = null, registry_path = null, state = ${state}
        where registry_id = $1 and ${which} returning id`,
      [registryId],
      manager,
    );
    return rows.map(({ id }) => id);
  }
}
