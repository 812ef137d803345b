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
import {
  insertAdopted,
  lockAdoptionCandidate,
  placeOrphan,
  type AdoptionCandidate,
} from './adoption.queries';

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
    // A registry may list a repository forever after its last tag was deleted.
    if ((await this.client.tags(registry, path)).length === 0) return { reason: 'it has no tags' };
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
    const claimExisting = async (): Promise<Claim | undefined> => {
      const candidate = await this.database.queryOne(lockAdoptionCandidate, [name.path], manager);
      return candidate && this.adoptExisting(manager, registry, path, candidate);
    };
    const existing = await claimExisting();
    if (existing !== undefined) return existing;
    if (name.official) return { reason: 'no official repository of this name was added' };
    const namespaces = await this.namespaces.ensureImported(manager, [name.namespace]);
    const namespaceId = namespaces.get(name.namespace)!.id;
    const values = [namespaceId, name.path, name.name, visibility, registry.id, path];
    const inserted = await this.database.queryOne(insertAdopted, values, manager);
    // A first push may have been granted at the same time: then the name belongs to that push.
    return inserted ?? (await claimExisting()) ?? { reason: 'another process is creating it' };
  }

  private async adoptExisting(
    manager: EntityManager,
    registry: Registry,
    path: string,
    candidate: AdoptionCandidate,
  ): Promise<Claim> {
    const { id, state, registryId, registryPath, filled } = candidate;
    if (state === 'deleted') return { reason: 'the repository was deleted' };
    if (registryId === null) {
      // The manifests of an orphaned repository were stored on the registry that was removed.
      await this.database.execute(deleteAllManifests, [id], manager);
      await this.database.execute(placeOrphan, [id, registry.id, path], manager);
      return { id };
    }
    if (registryId !== registry.id) return { reason: 'the repository is placed on another registry' };
    if (registryPath !== path) return { reason: `the registry path of the repository is ${registryPath}` };
    return filled ? { reason: 'the index has its images already' } : { id };
  }
}

function matcherOf(pattern: string): RegExp {
  const parts = pattern.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&'));
  return new RegExp(`^${parts.join('[^/]*')}$`);
}
