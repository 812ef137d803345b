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
  deleteOldPushGrants,
  deleteReleasedNames,
  deleteUnpushedNames,
  hideRepositoriesWithImages,
  lockPlaced,
  lockUnpushed,
  movePlacement,
  placeOfficialRepository,
  restoreUnpushedTombstones,
  unplaceAll,
  unplaceRevivedTombstones,
  unplaceTombstones,
  unplaceUnpushedRepositories,
} from './placements.queries';
import { recordPushGrant } from '../repository/push-grants.queries';

/** A first push that was allowed: the account, the registry, and the path there. */
export interface FirstPush {
  readonly name: RepositoryName;
  readonly registryId: string;
  /** The name as the client requested it: the registry stores the images under this path. */
  readonly registryPath: string;
  readonly accountId: string;
}

/** A token that is about to be given for a push. */
export interface NewPushGrant {
  readonly repositoryId: string;
  /** The registry that the token is for. */
  readonly registryId: string;
  readonly accountId: string;
  /** The token's lifetime in seconds. */
  readonly ttl: number;
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
   * Places a name that was never pushed, or a tombstone, on the registry of its first push; and again a name whose push to
   * another registry brought no image before its tokens ended. Returns the facts as they are then: of two first pushes to
   * two registries, one finds the name placed on the other's.
   */
  async claim(manager: EntityManager, push: FirstPush): Promise<RepositoryFactsRow> {
    const { name, registryId, registryPath, accountId } = push;
    if (!(await (name.official ? this.placeOfficial(manager, push) : this.place(manager, push)))) {
      // The statement that moves must see the grants of the transaction that held the row before.
      await this.database.execute(lockPlaced, [name.path], manager);
      const values = [name.path, registryId, registryPath, accountId];
      await this.database.execute(movePlacement, values, manager);
    }
    return (await this.facts.find([name.path], accountId, manager)).get(name.path)!;
  }

  private async placeOfficial(manager: EntityManager, push: FirstPush): Promise<boolean> {
    const values = [push.name.path, push.registryId, push.registryPath];
    return (await this.database.execute(placeOfficialRepository, values, manager)) > 0;
  }

  private async place(manager: EntityManager, push: FirstPush): Promise<boolean> {
    const { name, registryId, registryPath, accountId } = push;
    const values = [name.namespace, name.path, name.name, registryId, registryPath, accountId];
    const claimed = await this.database.queryOne(claimPlacement, values, manager);
    // Manifests that the row still has are stored elsewhere or being deleted: the push starts from scratch.
    if (claimed?.fresh === false) await manager.delete(ManifestEntity, { repositoryId: claimed.id });
    return claimed !== undefined;
  }

  /**
   * Records that the account is given a token for a push, before it gets the token: the actor of an event is trusted only
   * after a grant, and a name without images stays where it is until its tokens end. False if the repository is not
   * placed on that registry any more: then nothing may be granted.
   */
  async recordPushGrant(grant: NewPushGrant, manager?: EntityManager): Promise<boolean> {
    const { repositoryId, registryId, accountId, ttl } = grant;
    const placed = await this.database.queryOne(
      recordPushGrant,
      [repositoryId, registryId, accountId, ttl],
      manager,
    );
    return placed !== undefined;
  }

  /** Deletes push grants that nothing asks for any more, and returns how many. */
  purgeGrants(): Promise<number> {
    return this.database.execute(deleteOldPushGrants);
  }

  /**
   * Reverts what push grants of a day ago or earlier claimed, where no image arrived: new names are free again, revived
   * ones are tombstones again, and repositories created otherwise lose their placement. Returns the number of names.
   */
  expireUnpushed(): Promise<number> {
    return this.database.transaction(async (manager) => {
      await this.database.execute(lockUnpushed, [], manager);
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
