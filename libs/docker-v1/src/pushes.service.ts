import { accountOf, type Identity } from '@central-index/accounts';
import { decide, denialReasonText } from '@central-index/namespaces';
import type { RepositoryName } from '@central-index/naming';
import { Database, toStorableJson } from '@central-index/platform/database';
import { denied, notFound } from '@central-index/platform/errors';
import { Jobs } from '@central-index/platform/jobs';
import type { Registry } from '@central-index/registries';
import { RepositoryFactsService, type RepositoryFactsRow } from '@central-index/repositories';
import { GrantsService } from '@central-index/tokens';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { maxImagesPerRepository, tooManyImages } from './docker-v1.errors';
import { v1Pushed } from './docker-v1.facts';
import type { V1Image } from './image-list';
import { countImages, countNewImages, deleteImages, upsertImages } from './images.queries';
import { V1Placement, type OpenedRegistry } from './v1-placement.service';

/** Pushes of Docker up to 1.10: the list of images, then their transfer to a registry, then the list of checksums. */
@Injectable()
export class PushesService {
  constructor(
    private readonly database: Database,
    private readonly facts: RepositoryFactsService,
    private readonly grants: GrantsService,
    private readonly placement: V1Placement,
    private readonly jobs: Jobs,
  ) {}

  /**
   * Begins a push: places the name at its first push, keeps the image list, and opens the registry. The caller is signed
   * in. Throws DENIED, PUSH_REFUSED with the place where the name is pushed, NOT_ON_V1_REGISTRY and TOO_MANY_IMAGES.
   */
  async begin(identity: Identity, name: RepositoryName, images: readonly V1Image[]): Promise<OpenedRegistry> {
    const facts = await this.authorize(identity, name);
    const registry = await this.placement.registryForPush(facts);
    const ttl = this.placement.ttlOf(registry);
    // Always the path with two components: tokens and requests of the v1 protocol name no other.
    const scopes = [`repository:${name.path}:pull,push`];
    const { access } = await this.grants.grantAt(
      registry,
      { identity, service: registry.service, scopes },
      ttl,
    );
    if (!access.some(({ actions }) => actions.includes('push'))) throw notFound('repository', name.full);
    const placed = facts.registryId === registry.id ? facts : await this.facts.findOne(name.path);
    if (placed?.id === undefined) throw notFound('repository', name.full);
    const repositoryId = placed.id;
    const isRevived = facts.repository?.state === 'deleted';
    // Most pushes are of images that are known, and need no transaction.
    if (isRevived || (await this.hasNew(repositoryId, images))) {
      await this.database.transaction(async (manager) => {
        if (isRevived) await this.database.execute(deleteImages, [repositoryId], manager);
        await this.addImages(manager, repositoryId, registry, images);
      });
    }
    return this.placement.open(identity, registry, name.path, 'write');
  }

  /**
   * Ends a push: keeps the checksums, and has the tags read from the registry. Throws DENIED, NOT_FOUND,
   * NOT_ON_V1_REGISTRY and TOO_MANY_IMAGES.
   */
  async end(identity: Identity, name: RepositoryName, images: readonly V1Image[]): Promise<void> {
    const facts = await this.authorize(identity, name);
    const { id: repositoryId } = facts;
    const accountId = accountOf(identity)?.id;
    if (repositoryId === undefined || facts.repository?.state === 'deleted' || accountId === undefined) {
      throw notFound('repository', name.full);
    }
    const registry = await this.placement.registryOf(facts);
    await this.database.transaction(async (manager) => {
      await this.addImages(manager, repositoryId, registry, images);
      const at = new Date().toISOString();
      await this.jobs.emit(manager, v1Pushed({ repositoryId, accountId, at }));
    });
  }

  private async authorize(identity: Identity, name: RepositoryName): Promise<RepositoryFactsRow> {
    const facts = (await this.facts.find([name.path])).get(name.path)!;
    const decision = decide(identity, 'push', facts);
    if (!decision.allowed) throw denied(denialReasonText(decision.reason));
    return facts;
  }

  private async hasNew(repositoryId: string, images: readonly V1Image[]): Promise<boolean> {
    if (images.length === 0) return false;
    const values = [repositoryId, toStorableJson(images)];
    return (await this.database.queryOne(countNewImages, values))!.count > 0;
  }

  private async addImages(
    manager: EntityManager,
    repositoryId: string,
    registry: Registry,
    images: readonly V1Image[],
  ): Promise<void> {
    if (images.length === 0) return;
    // In one order, so that two pushes of the same images do not deadlock.
    const sorted = [...images].sort((a, b) => (a.id < b.id ? -1 : 1));
    const values = [repositoryId, registry.id, toStorableJson(sorted)];
    const changed = await this.database.execute(upsertImages, values, manager);
    if (changed === 0) return;
    const { count } = (await this.database.queryOne(countImages, [repositoryId], manager))!;
    if (count > maxImagesPerRepository) throw tooManyImages(maxImagesPerRepository);
  }
}
