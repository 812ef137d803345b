import { Injectable } from '@nestjs/common';
import { AuditService } from '@central-index/audit';
import { Database } from '@central-index/platform/database';
import { RegistryClient, type Registry } from '@central-index/registries';
import type { EntityManager } from 'typeorm';
import { ContentsService } from '../contents/contents.service';
import type { MissingRepositoryTags } from './reconcile-result';

interface StoredRepository {
  readonly version: string;
  readonly path: string;
  readonly name: string;
  readonly manifests: readonly { readonly digest: string; readonly tags: readonly string[] }[];
}

/** What the registry itself says not to have any more. */
interface Gone {
  readonly tags: readonly string[];
  readonly digests: readonly string[];
}

const maxTries = 3;
// Others wait meanwhile, and the database lets nobody sit on a lock for longer than half a minute.
const tagsWhileLocked = 100;

/** What registries no longer hold: noted at first, and removed when the registry confirms it. */
@Injectable()
export class MissingTagsService {
  constructor(
    private readonly database: Database,
    private readonly client: RegistryClient,
    private readonly contents: ContentsService,
    private readonly audit: AuditService,
  ) {}

  /** Keeps which tags of a repository are missing, since when, and forgets those that are there again. */
  async record(repositoryId: string, missing: readonly string[]): Promise<void> {
    await this.database.transaction(async (manager) => {
      await manager.query('delete from missing_tag where repository_id = $1 and tag <> all($2)', [
        repositoryId,
        missing,
      ]);
      await manager.query(
        `insert into missing_tag (repository_id, tag, missing_since)
         select id, tag, clock_timestamp() from repository, unnest($2::text[]) as tag where id = $1
         on conflict (repository_id, tag) do nothing`,
        [repositoryId, missing],
      );
    });
  }

  /**
   * Removes the tags that two reconciles missed and that the registry says not to have when asked for each, with the
   * manifests that went with them. Of a repository that changes all the time, the first of them are removed with its
   * row locked, and the others by a later reconcile. Answers how many tags went. Throws REGISTRY_….
   */
  async remove(registry: Registry, { repositoryId, confirmed }: MissingRepositoryTags): Promise<number> {
    for (let tries = 0; tries < maxTries; tries += 1) {
      const held = await this.stored(registry, repositoryId);
      if (held === undefined) return 0;
      const gone = await this.confirmMissing(registry, held, confirmed);
      const removed = await this.database.transaction(async (manager) => {
        // Otherwise the answers may be older than what was written since.
        const version = await this.contents.lock(manager, repositoryId, registry.id);
        return version === held.version ? this.write(manager, registry, repositoryId, held, gone) : undefined;
      });
      if (removed !== undefined) return removed;
    }
    return this.database.transaction(async (manager) => {
      await this.contents.lock(manager, repositoryId, registry.id);
      const held = await this.stored(registry, repositoryId, manager);
      if (held === undefined) return 0;
      const gone = await this.confirmMissing(registry, held, confirmed.slice(0, tagsWhileLocked));
      return this.write(manager, registry, repositoryId, held, gone);
    });
  }

  private async confirmMissing(
    registry: Registry,
    held: StoredRepository,
    confirmed: readonly string[],
  ): Promise<Gone> {
    const tags: string[] = [];
    for (const tag of confirmed) {
      if ((await this.client.manifest(registry, held.path, tag)) === undefined) tags.push(tag);
    }
    const left = held.manifests.flatMap((manifest) => manifest.tags).filter((tag) => !tags.includes(tag));
    // Of an emptied repository everything is asked for, else only what the tags named.
    const doubtful = held.manifests.filter(
      (manifest) => left.length === 0 || manifest.tags.some((tag) => tags.includes(tag)),
    );
    const digests: string[] = [];
    for (const manifest of doubtful) {
      if (manifest.tags.some((tag) => left.includes(tag))) continue;
      const { digest } = manifest;
      if ((await this.client.manifest(registry, held.path, digest)) === undefined) digests.push(digest);
    }
    return { tags, digests };
  }

  private async stored(
    registry: Registry,
    repositoryId: string,
    manager: EntityManager = this.database.manager,
  ): Promise<StoredRepository | undefined> {
    const [row] = await this.database.rows<StoredRepository>(
      `select version, registry_path as path, path as name,
              (select coalesce(json_agg(json_build_object('digest', digest, 'tags', array(
                         select name from tag where tag.repository_id = $1 and tag.digest = manifest.digest))), '[]')
                 from manifest where repository_id = $1) as manifests
         from repository where id = $1 and registry_id = $2 and state <> 'deleted'`,
      [repositoryId, registry.id],
      manager,
    );
    return row;
  }

  private async write(
    manager: EntityManager,
    registry: Registry,
    repositoryId: string,
    { name }: StoredRepository,
    gone: Gone,
  ): Promise<number> {
    if (gone.tags.length === 0) return 0;
    await this.contents.write(manager, repositoryId, {
      images: [],
      tags: [],
      goneTags: gone.tags,
      goneDigests: gone.digests,
      pushes: [],
      pushedAt: null,
    });
    await manager.query('delete from missing_tag where repository_id = $1 and tag = any($2)', [
      repositoryId,
      gone.tags,
    ]);
    await this.audit.record(manager, {
      action: 'repository.tags-reconciled',
      actor: { name: ':index' },
      subjectType: 'repository',
      subject: name,
      detail: { registry: registry.name, tags: gone.tags },
    });
    return gone.tags.length;
  }
}
