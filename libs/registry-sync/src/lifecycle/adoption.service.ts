import { Injectable } from '@nestjs/common';
import { AuditService, type Actor } from '@central-index/audit';
import { NamespacesService } from '@central-index/namespaces';
import { parseRepositoryName, type RepositoryName } from '@central-index/naming';
import { Database } from '@central-index/platform/database';
import { Jobs } from '@central-index/platform/jobs';
import { RegistriesService, RegistryClient, type Registry } from '@central-index/registries';
import { repositoryChanged } from '@central-index/repositories';
import type { EntityManager } from 'typeorm';
import { ContentsReader } from '../contents/contents-reader';
import { deleteAllManifests } from '../contents/contents.queries';
import { reasonAgainst, UnclaimedNames } from '../contents/unclaimed-names';
import { lockNamedRepository, type NamedRepository } from '../contents/unclaimed-names.queries';
import { insertAdopted, placeOrphan } from './adoption.queries';

/** The outcome for each name in a registry's catalog that matched. */
export interface Adoption {
  readonly adopted: readonly { readonly name: string; readonly tags: number }[];
  readonly skipped: readonly { readonly name: string; readonly reason: string }[];
}

/** The visibility of adopted repositories, and who adopts them. */
export interface AdoptionOptions {
  readonly visibility: 'public' | 'private';
  readonly actor: Actor;
}

/** The id of the repository that has the name now, or why the name is skipped. */
type Claim = { readonly id: string } | { readonly reason: string };

/** Creates repositories for names in a registry's catalog to which no known account has pushed. */
@Injectable()
export class AdoptionService {
  constructor(
    private readonly database: Database,
    private readonly registries: RegistriesService,
    private readonly client: RegistryClient,
    private readonly namespaces: NamespacesService,
    private readonly reader: ContentsReader,
    private readonly names: UnclaimedNames,
    private readonly audit: AuditService,
    private readonly jobs: Jobs,
  ) {}

  /**
   * Creates repositories for the unclaimed names in a registry's catalog that match a pattern (`*` stays inside one
   * component), and reads their tags. Namespaces that do not exist are created without an owner; names of one component
   * are adopted only if an official repository of that name was added. A repeated run continues an interrupted one. Throws
   * NOT_FOUND, REGISTRY_….
   */
  async adopt(registryName: string, pattern: string, options: AdoptionOptions): Promise<Adoption> {
    const registry = await this.registries.get(registryName);
    const matcher = matcherOf(pattern);
    const adopted: { name: string; tags: number }[] = [];
    const skipped: { name: string; reason: string }[] = [];
    for await (const page of this.client.catalog(registry)) {
      for (const path of page.filter((candidate) => matcher.test(candidate))) {
        const claim = await this.claim(registry, path, options);
        if ('reason' in claim) skipped.push({ name: path, reason: claim.reason });
        else {
          const scan = await this.reader.read(registry, claim.id);
          adopted.push({ name: path, tags: scan?.tags ?? 0 });
        }
      }
    }
    return { adopted, skipped };
  }

  private async claim(registry: Registry, path: string, options: AdoptionOptions): Promise<Claim> {
    const name = parseRepositoryName(path);
    if (name === undefined) return { reason: 'it is not a valid repository name' };
    if (!(await this.names.hasTags(registry, path))) return { reason: 'it has no tags' };
    return this.database.transaction(async (manager) => {
      const claim = await this.claimName(manager, registry, path, name, options.visibility);
      if ('reason' in claim) return claim;
      await this.audit.record(manager, {
        action: 'repository.adopted',
        actor: options.actor,
        subjectType: 'repository',
        subject: name.full,
        detail: { registry: registry.name },
      });
      await this.jobs.emit(manager, repositoryChanged({ repositoryId: claim.id }));
      return claim;
    });
  }

  private async claimName(
    manager: EntityManager,
    registry: Registry,
    path: string,
    name: RepositoryName,
    visibility: 'public' | 'private',
  ): Promise<Claim> {
    const lock = (): Promise<NamedRepository | undefined> =>
      this.database.queryOne(lockNamedRepository, [name.path], manager);
    const existing = await lock();
    const reason = reasonAgainst(registry, path, name, existing);
    if (reason !== undefined) return { reason };
    if (existing !== undefined) return this.adoptExisting(manager, registry, path, existing);
    const namespaces = await this.namespaces.ensureImported(manager, [name.namespace]);
    const namespaceId = namespaces.get(name.namespace)!.id;
    const values = [namespaceId, name.path, name.name, visibility, registry.id, path];
    const inserted = await this.database.queryOne(insertAdopted, values, manager);
    // Otherwise a first push was granted at the same time, and the name belongs to that push.
    return inserted ?? { reason: reasonAgainst(registry, path, name, await lock()) ?? 'it is being pushed' };
  }

  private async adoptExisting(
    manager: EntityManager,
    registry: Registry,
    path: string,
    { id, registryId }: NamedRepository,
  ): Promise<Claim> {
    if (registryId === null) {
      // The manifests of an orphaned repository were stored on the registry that was removed.
      await this.database.execute(deleteAllManifests, [id], manager);
      await this.database.execute(placeOrphan, [id, registry.id, path], manager);
    }
    return { id };
  }
}

function matcherOf(pattern: string): RegExp {
  const parts = pattern.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&'));
  return new RegExp(`^${parts.join('[^/]*')}$`);
}
