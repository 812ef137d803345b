import type { Identity } from '@central-index/accounts';
import type { RepositoryName } from '@central-index/naming';
import { Database } from '@central-index/platform/database';
import { Jobs } from '@central-index/platform/jobs';
import { RepositoriesService } from '@central-index/repositories';
import { Injectable } from '@nestjs/common';
import { beginDeletion, confirmDeletion, expireDeletion } from './deletions.queries';
import { v1DeletionExpired } from './docker-v1.facts';
import { V1Placement, type OpenedRegistry } from './v1-placement.service';

/** What one request of the handshake did: `opened` lets the client delete at the registry, before it confirms here. */
export interface DeletionStep {
  readonly step: 'begun' | 'confirmed';
  readonly opened: OpenedRegistry;
}

/**
 * The deletion of a repository in two steps (PROTOCOL A.5): the first one gives a token with which the client deletes at
 * the registry, the second one deletes here. Until then everything stays as it is, because the registry still asks about
 * the token; if the second step never comes, the tags are read again.
 */
@Injectable()
export class DeletionsService {
  constructor(
    private readonly database: Database,
    private readonly repositories: RepositoriesService,
    private readonly placement: V1Placement,
    private readonly jobs: Jobs,
  ) {}

  /** Begins a deletion, or confirms one that was begun. Throws NOT_FOUND, DENIED and NOT_ON_V1_REGISTRY. */
  async delete(identity: Identity, name: RepositoryName, address: string): Promise<DeletionStep> {
    const facts = await this.repositories.authorize(identity, name.path, 'manage');
    const registry = await this.placement.registryOf(facts);
    const opened = await this.placement.open(identity, registry, name.path, 'delete');
    const seconds = this.placement.ttlOf(registry);
    const isBegun = await this.database.transaction(async (manager) => {
      if ((await this.database.execute(beginDeletion, [facts.id, seconds], manager)) === 0) return false;
      await this.jobs.emitDelayed(manager, [v1DeletionExpired({ repositoryId: facts.id })], seconds + 1);
      return true;
    });
    if (isBegun) return { step: 'begun', opened };
    await this.repositories.delete(identity, name.path, address);
    await this.database.execute(confirmDeletion, [facts.id]);
    return { step: 'confirmed', opened };
  }

  /** Throws NOT_FOUND or DENIED unless the caller may delete the repository. */
  async authorize(identity: Identity, name: RepositoryName): Promise<void> {
    await this.repositories.authorize(identity, name.path, 'manage');
  }

  /** Ends a deletion that was not confirmed in time; false if it was. */
  async expire(repositoryId: string): Promise<boolean> {
    return (await this.database.execute(expireDeletion, [repositoryId])) > 0;
  }
}
