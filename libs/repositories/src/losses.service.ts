import { Injectable } from '@nestjs/common';
import { AuditService } from '@central-index/audit';
import { Database } from '@central-index/platform/database';
import { RegistryClient, type Registry } from '@central-index/registries';
import { ContentsService } from './contents.service';
import type { Loss } from './sweep';

interface Held {
  readonly version: string;
  readonly path: string;
  readonly name: string;
  readonly manifests: readonly { readonly digest: string; readonly tags: readonly string[] }[];
}

/** What registries no longer hold: noted at first, and removed when the registry confirms it. */
@Injectable()
export class LossesService {
  constructor(
    private readonly database: Database,
    private readonly client: RegistryClient,
    private readonly contents: ContentsService,
    private readonly audit: AuditService,
  ) {}

  /** Keeps which tags of a repository are missing, since when, and forgets those that are there again. */
  async note(repositoryId: string, missing: readonly string[]): Promise<void> {
    await this.database.transaction(async (manager) => {
      await manager.query('delete from missing_tag where repository_id = $1 and tag <> all($2)', [
        repositoryId,
        missing,
      ]);
      await manager.query(
        `insert into missing_tag (repository_id, tag, since)
         select id, tag, clock_timestamp() from repository, unnest($2::text[]) as tag where id = $1
         on conflict (repository_id, tag) do nothing`,
        [repositoryId, missing],
      );
    });
  }

  /**
   * Removes the tags that two sweeps missed and that the registry says not to have when asked for each, with the
   * manifests that went with them. Does nothing when the repository was changed meanwhile. Answers how many tags
   * went. Throws REGISTRY_….
   */
  async remove(registry: Registry, { repositoryId, confirmed }: Loss): Promise<number> {
    const held = await this.held(registry, repositoryId);
    if (held === undefined) return 0;
    const goneTags: string[] = [];
    for (const tag of confirmed) {
      if ((await this.client.manifest(registry, held.path, tag)) === undefined) goneTags.push(tag);
    }
    const left = held.manifests.flatMap(({ tags }) => tags).filter((tag) => !goneTags.includes(tag));
    // Of an emptied repository everything is asked for, else only what the tags named.
    const doubtful = held.manifests.filter(
      ({ tags }) => left.length === 0 || tags.some((tag) => goneTags.includes(tag)),
    );
    const goneDigests: string[] = [];
    for (const { digest, tags } of doubtful) {
      if (tags.some((tag) => left.includes(tag))) continue;
      if ((await this.client.manifest(registry, held.path, digest)) === undefined) goneDigests.push(digest);
    }
    return goneTags.length === 0 ? 0 : this.write(registry, repositoryId, held, goneTags, goneDigests);
  }

  private async held(registry: Registry, repositoryId: string): Promise<Held | undefined> {
    const [row] = await this.database.rows<Held>(
      `select version, registry_path as path, path as name,
              (select coalesce(json_agg(json_build_object('digest', digest, 'tags', array(
                         select name from tag where tag.repository_id = $1 and tag.digest = manifest.digest))), '[]')
                 from manifest where repository_id = $1) as manifests
         from repository where id = $1 and registry_id = $2 and state <> 'deleted'`,
      [repositoryId, registry.id],
    );
    return row;
  }

  private write(
    registry: Registry,
    repositoryId: string,
    { version, name }: Held,
    goneTags: readonly string[],
    goneDigests: readonly string[],
  ): Promise<number> {
    return this.database.transaction(async (manager) => {
      if ((await this.contents.lock(manager, repositoryId, registry.id)) !== version) return 0;
      await this.contents.write(manager, repositoryId, {
        images: [],
        tags: [],
        goneTags,
        goneDigests,
        pushes: [],
        pushedAt: null,
      });
      await manager.query('delete from missing_tag where repository_id = $1 and tag = any($2)', [
        repositoryId,
        goneTags,
      ]);
      await this.audit.record(manager, {
        action: 'repository.tags-swept',
        actor: { name: ':index' },
        subjectType: 'repository',
        subject: name,
        detail: { registry: registry.name, tags: goneTags },
      });
      return goneTags.length;
    });
  }
}
