import { Injectable } from '@nestjs/common';
import { AuditService, type Actor } from '@central-index/audit';
import { NamespacesService } from '@central-index/namespaces';
import { parseRepositoryName, type RepositoryName } from '@central-index/naming';
import { Database } from '@central-index/platform/database';
import { Jobs } from '@central-index/platform/jobs';
import { RegistriesService, RegistryClient, type Registry } from '@central-index/registries';
import type { EntityManager } from 'typeorm';
import { ContentsReader } from '../contents/contents-reader';
import { repositoryChanged } from '@central-index/repositories';

/** What became of the names in a registry's catalog that match. */
export interface Adoption {
  readonly adopted: readonly { readonly name: string; readonly tags: number }[];
  readonly skipped: readonly { readonly name: string; readonly reason: string }[];
}

/** How what is taken in is seen, and who takes it in. */
export interface AdoptionOptions {
  readonly visibility: 'public' | 'private';
  readonly actor: Actor;
}

type Claim = { readonly id: string } | { readonly reason: string };

/** Takes in what lies at a registry and no push of a known account brought there. */
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
   * Makes repositories of the unclaimed names in a registry's catalog that match a pattern (`*` stays inside one
   * component), and reads their tags. Namespaces that do not exist are made without an owner; names of one component
   * are taken only if an official repository of that name was added. Run again, it does what was left undone. Throws
   * NOT_FOUND, REGISTRY_….
   */
  async adopt(registryName: string, pattern: string, options: AdoptionOptions): Promise<Adoption> {
    const registry = await this.registries.get(registryName);
    const matches = patternOf(pattern);
    const adopted: { name: string; tags: number }[] = [];
    const skipped: { name: string; reason: string }[] = [];
    for await (const page of this.client.catalog(registry)) {
      for (const path of page.filter((candidate) => matches.test(candidate))) {
        const claim = await this.claim(registry, path, options);
        if ('reason' in claim) skipped.push({ name: path, reason: claim.reason });
        else {
          const reading = await this.reader.read(registry, claim.id);
          adopted.push({ name: path, tags: reading?.tags ?? 0 });
        }
      }
    }
    return { adopted, skipped };
  }

  private async claim(registry: Registry, path: string, options: AdoptionOptions): Promise<Claim> {
    const name = parseRepositoryName(path);
    if (name === undefined) return { reason: 'no repository of the index can have this name' };
    // A registry may list a repository for ever after its last tag went.
    if ((await this.client.tags(registry, path)).length === 0) return { reason: 'it has no tags' };
    return this.database.transaction(async (manager) => {
      const claim = await this.place(manager, registry, path, name, options.visibility);
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

  private async place(
    manager: EntityManager,
    registry: Registry,
    path: string,
    name: RepositoryName,
    visibility: 'public' | 'private',
  ): Promise<Claim> {
    const found = async (): Promise<Claim | undefined> => {
      const [row] = await this.database.rows<AdoptionCandidate>(
        `select id, state, registry_id as "registryId", registry_path as "registryPath",
                exists (select from manifest where repository_id = repository.id) as filled
           from repository where path = $1 for no key update`,
        [name.path],
        manager,
      );
      return row && this.adoptOne(manager, registry, path, row);
    };
    const claim = await found();
    if (claim !== undefined) return claim;
    if (name.official) return { reason: 'no official repository of this name was added' };
    const namespaces = await this.namespaces.ensureImported(manager, [name.namespace]);
    const [made] = await this.database.rows<{ id: string }>(
      `insert into repository (namespace_id, path, name, state, visibility, registry_id, registry_path)
       values ($1, $2, $3, 'pending', $4, $5, $6) on conflict (path) do nothing returning id`,
      [namespaces.get(name.namespace)!.id, name.path, name.name, visibility, registry.id, path],
      manager,
    );
    // Somebody's first push may have been granted at this very moment: then it is his.
    return made ?? (await found()) ?? { reason: 'it is being made by somebody else' };
  }

  private async adoptOne(
    manager: EntityManager,
    registry: Registry,
    path: string,
    row: AdoptionCandidate,
  ): Promise<Claim> {
    if (row.state === 'deleted') return { reason: 'the repository was deleted' };
    if (row.registryId === null) {
      // What an orphan still lists lay elsewhere.
      await manager.query('delete from manifest where repository_id = $1', [row.id]);
      await manager.query('update repository set registry_id = $2, registry_path = $3 where id = $1', [
        row.id,
        registry.id,
        path,
      ]);
      return { id: row.id };
    }
    if (row.registryId !== registry.id) return { reason: 'the repository is placed on another registry' };
    if (row.registryPath !== path) return { reason: `the repository lies here as ${row.registryPath}` };
    return row.filled ? { reason: 'it is known already' } : { id: row.id };
  }
}

interface AdoptionCandidate {
  readonly id: string;
  readonly state: string;
  readonly registryId: string | null;
  readonly registryPath: string | null;
  readonly filled: boolean;
}

function patternOf(pattern: string): RegExp {
  const parts = pattern.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&'));
  return new RegExp(`^${parts.join('[^/]*')}$`);
}
