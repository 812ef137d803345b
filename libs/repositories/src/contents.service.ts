import { Injectable } from '@nestjs/common';
import { Database } from '@central-index/platform/database';
import { Jobs } from '@central-index/platform/jobs';
import type { EntityManager } from 'typeorm';
import type { Image } from './image-reader';
import { repositoryChanged } from './repositories.facts';

/** A tag as the registry has it now, and what is known of the push that made it so. */
export interface SeenTag {
  readonly name: string;
  readonly digest: string;
  readonly pushedAt: Date;
  readonly pushedById: string | null;
  /** False when the push itself was not reported (yet): then time and pusher of a known push are kept. */
  readonly reported: boolean;
}

/** What was seen of a repository at its registry. */
export interface SeenContents {
  readonly images: readonly Image[];
  /** Each of one of `images`. */
  readonly tags: readonly SeenTag[];
  readonly goneTags: readonly string[];
  readonly goneDigests: readonly string[];
  /** Pulls that were not counted before. */
  readonly pulls: number;
  /** The latest push of one of `images`, if one was reported. */
  readonly pushedAt: Date | null;
}

/** What lies in repositories, as their registries have it. */
@Injectable()
export class ContentsService {
  constructor(
    private readonly database: Database,
    private readonly jobs: Jobs,
  ) {}

  /**
   * Makes a repository's tags, manifests and pulls what was seen, and a pending or hidden one active when it has an
   * image; states `repository.changed` if that changes anything. Writing the same twice changes nothing the second
   * time, pulls excepted.
   */
  async write(manager: EntityManager, repositoryId: string, seen: SeenContents): Promise<void> {
    const changes = [
      await this.putImages(manager, repositoryId, seen.images),
      await this.putTags(manager, repositoryId, seen.tags),
      await this.dropTags(manager, repositoryId, seen.goneTags),
      await this.dropImages(manager, repositoryId, seen.goneDigests),
    ];
    const changed = changes.some((count) => count > 0);
    // An emptied repository must not be found by search, as one never pushed to: hence no pushed_at without an image.
    const rows = await this.database.rows(
      `update repository set
              state = case when has.image and state in ('pending', 'hidden') then 'active' else state end,
              pulls = pulls + $2,
              pushed_at = case when has.image then coalesce(greatest(pushed_at, $3), now()) end,
              updated_at = case when $4 then now() else updated_at end
         from (select exists (select from manifest where repository_id = $1) as image) has
        where id = $1 and state <> 'deleted'
          and ($4 or $2 > 0 or (has.image and pushed_at < $3))
       returning id`,
      [repositoryId, seen.pulls, seen.pushedAt, changed],
      manager,
    );
    if (rows.length > 0) await this.jobs.state(manager, repositoryChanged(repositoryId));
  }

  /**
   * Locks a repository until the transaction ends, and answers its version: answers of the registry that were asked
   * for at another version may be older than what was written since. Undefined when it is not placed there.
   */
  async lock(manager: EntityManager, repositoryId: string, registryId: string): Promise<string | undefined> {
    const [row] = await this.database.rows<{ version: string }>(
      `select version from repository where id = $1 and registry_id = $2 and state <> 'deleted' for no key update`,
      [repositoryId, registryId],
      manager,
    );
    return row?.version;
  }

  private putImages(manager: EntityManager, repositoryId: string, images: readonly Image[]): Promise<number> {
    const distinct = [...new Map(images.map((image) => [image.digest, image])).values()];
    return this.count(
      manager,
      distinct.length,
      `insert into manifest (repository_id, digest, media_type, size, platforms)
       select $1, digest, "mediaType", size, platforms
         from jsonb_to_recordset($2::jsonb) as seen(digest text, "mediaType" text, size bigint, platforms jsonb)
       on conflict (repository_id, digest) do update
          set media_type = excluded.media_type, size = coalesce(excluded.size, manifest.size),
              platforms = excluded.platforms
        where (manifest.media_type, manifest.size, manifest.platforms)
              is distinct from (excluded.media_type, coalesce(excluded.size, manifest.size), excluded.platforms)
       returning 1`,
      [repositoryId, JSON.stringify(distinct)],
    );
  }

  private putTags(manager: EntityManager, repositoryId: string, tags: readonly SeenTag[]): Promise<number> {
    return this.count(
      manager,
      tags.length,
      `with seen as (
         select * from jsonb_to_recordset($2::jsonb)
           as tag(name text, digest text, "pushedAt" timestamptz, "pushedById" bigint, reported boolean)
       )
       insert into tag (repository_id, name, digest, pushed_at, pushed_by_id)
       select $1, name, digest, "pushedAt", "pushedById" from seen
       on conflict (repository_id, name) do update
          set digest = excluded.digest, pushed_at = excluded.pushed_at, pushed_by_id = excluded.pushed_by_id
        where tag.digest <> excluded.digest
           or (tag.pushed_at < excluded.pushed_at and (select reported from seen where seen.name = tag.name))
       returning 1`,
      [repositoryId, JSON.stringify(tags)],
    );
  }

  private dropTags(manager: EntityManager, repositoryId: string, names: readonly string[]): Promise<number> {
    return this.count(
      manager,
      names.length,
      'delete from tag where repository_id = $1 and name = any($2) returning 1',
      [repositoryId, names],
    );
  }

  // Tags of a manifest go with it.
  private dropImages(
    manager: EntityManager,
    repositoryId: string,
    digests: readonly string[],
  ): Promise<number> {
    return this.count(
      manager,
      digests.length,
      'delete from manifest where repository_id = $1 and digest = any($2) returning 1',
      [repositoryId, digests],
    );
  }

  private async count(
    manager: EntityManager,
    given: number,
    sql: string,
    values: unknown[],
  ): Promise<number> {
    return given === 0 ? 0 : (await this.database.rows(sql, values, manager)).length;
  }
}
