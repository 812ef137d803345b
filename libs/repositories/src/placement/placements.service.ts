import type { Actor } from '@central-index/audit';
import type { RepositoryName } from '@central-index/naming';
import { Database } from '@central-index/platform/database';
import { Jobs } from '@central-index/platform/jobs';
import { RegistriesService } from '@central-index/registries';
import { Injectable } from '@nestjs/common';
import { IsNull, type EntityManager } from 'typeorm';
import { ManifestEntity } from '../images/manifest.entity';
import { repositoryChanged } from '../repository/repositories.facts';
import type { RepositoryFactsRow } from '../repository/repository';
import { RepositoryFactsService } from '../repository/repository-facts.service';
import { RepositoryEntity } from '../repository/repository.entity';
import {
  claimPlacement,
  deleteReleasedNames,
  deleteUnpushedNames,
  hideRepositoriesWithImages,
  placeOfficialRepository,
  restoreUnpushedTombstones,
  unplaceAll,
  unplaceRevivedTombstones,
  unplaceTombstones,
  unplaceUnpushedRepositories,
  upsertPushGrant,
} from './placements.queries';

/** A first push that was allowed: the account, the registry, and the path there. */
export interface FirstPush {
  readonly name: RepositoryName;
  readonly registryId: string;
  /** The name as the client requested it: the registry stores the images under this path. */
  readonly registryPath: string;
  readonly accountId: string;
}

/** On which registry each repository is placed. */
@Injectable()
export class PlacementsService {
  constructor(
    private readonly database: Database,
    private readonly facts: RepositoryFactsService,
    private readonly registries: RegistriesService,
    private readonly jobs: Jobs,
  ) {}

  /**
   * Places a name that was never pushed, or a tombstone, on the registry of its first push. Returns the facts as they are
   * then: of two first pushes to two registries, one finds the name placed on the other's.
   */
  async claim(manager: EntityManager, push: FirstPush): Promise<RepositoryFactsRow> {
    const { name, registryId, registryPath, accountId } = push;
    if (name.official) {
      const values = [name.path, registryId, registryPath];
      await this.database.execute(placeOfficialRepository, values, manager);
    } else {
      const values = [name.namespace, name.path, name.name, registryId, registryPath, accountId];
      const claimed = await this.database.queryOne(claimPlacement, values, manager);
      // Manifests that the row still has are stored elsewhere or being deleted: the push starts from scratch.
      if (claimed?.fresh === false) await manager.delete(ManifestEntity, { repositoryId: claimed.id });
    }
    return (await this.facts.find([name.path], manager)).get(name.path)!;
  }

  /** Records that the account is granted a push now: the actor of an event is trusted only after a grant. */
  async recordPushGrant(manager: EntityManager, repositoryId: string, accountId: string): Promise<void> {
    await this.database.execute(upsertPushGrant, [repositoryId, accountId], manager);
  }

  /**
   * Reverts what push grants of a day ago or earlier claimed, where no image arrived: new names are free again, revived
   * ones are tombstones again, and repositories created otherwise lose their placement. Returns the number of names.
   */
  expireUnpushed(): Promise<number> {
    return this.database.transaction(async (manager) => {
      let expired = 0;
      for (const statement of [
        deleteUnpushedNames,
        deleteReleasedNames,
        restoreUnpushedTombstones,
        unplaceUnpushedRepositories,
      ]) {
        expired += await this.database.execute(statement, [], manager);
      }
      return expired;
    });
  }

  /**
   * Removes a registry. While repositories are placed on it, this throws REGISTRY_IN_USE, or with `hideOrphans` hides
   * those with images until they are pushed to another registry, and unplaces the others. Tombstones do not count.
   * Returns the number of repositories that were hidden.
   */
  async removeRegistry(name: string, options: { hideOrphans: boolean }, actor: Actor): Promise<number> {
    const { id } = await this.registries.get(name);
    return this.database.transaction(async (manager) => {
      await this.database.execute(unplaceTombstones, [id], manager);
      const hidden = options.hideOrphans ? await this.hideOrphans(manager, id) : [];
      for (const repositoryId of hidden) await this.jobs.emit(manager, repositoryChanged({ repositoryId }));
      await this.registries.remove(manager, name, actor, { orphaned: hidden.length });
      return hidden.length;
    });
  }

  private async hideOrphans(manager: EntityManager, registryId: string): Promise<string[]> {
    await manager.delete(RepositoryEntity, { registryId, state: 'pending', deletedAt: IsNull() });
    await this.database.execute(unplaceRevivedTombstones, [registryId], manager);
    const hidden = await this.database.query(hideRepositoriesWithImages, [registryId], manager);
    await this.database.execute(unplaceAll, [registryId], manager);
    return hidden.map(({ id }) => id);
  }
}
