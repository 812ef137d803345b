import { Injectable } from '@nestjs/common';
import { Database } from '@central-index/platform/database';
import { Jobs } from '@central-index/platform/jobs';
import type { EntityManager } from 'typeorm';
import { tagDeleted, tagPushed } from '../registry-sync.facts';
import type { Image } from './image-reader';
import { PullCounter } from '@central-index/repositories';
import { repositoryChanged } from '@central-index/repositories';

/** A tag as the registry has it now, and what is known of the push that made it so. */
export interface ObservedTag {
  readonly name: string;
  readonly digest: string;
  readonly pushedAt: Date;
  readonly pushedById: string | null;
  /** False when the push itself was not reported (yet): then time and pusher of a known push are kept. */
  readonly reported: boolean;
}

/** What was seen of a repository at its registry. */
export interface ObservedContents {
  readonly images: readonly Image[];
  /** Where tags point to now: each to one of `images`. */
  readonly tags: readonly ObservedTag[];
  readonly goneTags: readonly string[];
  readonly goneDigests: readonly string[];
  /** The account that requested the deletion of `goneTags` here; absent when the registry reported it. */
  readonly deletedBy?: string;
  /** Pushes of `images` that were reported, whether their tags point there still or not. */
  readonly pushes: readonly ObservedTag[];
  /** The latest push of one of `images`, if one was reported. */
  readonly pushedAt: Date | null;
}

const observedTagColumns =
  'tag(name text, digest text, "pushedAt" timestamptz, "pushedById" bigint, reported boolean)';

/** What lies in repositories, as their registries have it. */
@Injectable()
export class ContentsService {
  constructor(
    private readonly database: Database,
    private readonly jobs: Jobs,
    private readonly pulls: PullCounter,
  ) {}

  /**
   * Makes a repository's tags and manifests what was seen, and a pending or hidden one active when it has an image;
   * states `repository.changed` if that changes anything. Writing the same twice changes nothing the second time.
   */
  async write(manager: EntityManager, repositoryId: string, seen: ObservedContents): Promise<void> {
    const changes = [
      await this.putImages(manager, repositoryId, seen.images),
      await this.putTags(manager, repositoryId, seen),
      await this.deleteTags(manager, repositoryId, seen),
      await this.deleteImages(manager, repositoryId, seen.goneDigests),
    ];
    const changed = changes.some((count) => count > 0);
    // An emptied repository must not be found by search, as one never pushed to: hence no pushed_at without an image.
    const rows = await this.database.rows(
      `update repository set
              state = case when has.image and state in ('pending', 'hidden') then 'active' else state end,
              pushed_at = case when has.image then coalesce(greatest(pushed_at, $2), now()) end,
              updated_at = case when $3 then now() else updated_at end
         from (select exists (select from manifest where repository_id = $1) as image) has
        where id = $1 and state <> 'deleted'
          and ($3 or (has.image and pushed_at < $2))
       returning id`,
      [repositoryId, seen.pushedAt, changed],
      manager,
    );
    // What was pulled as an image of its own may turn out to be part of an index.
    if (seen.images.some(({ children }) => children.length > 0)) {
      await this.pulls.recount(manager, repositoryId);
    }
    if (rows.length > 0) await this.jobs.emit(manager, repositoryChanged({ repositoryId }));
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
      `insert into manifest as held
              (repository_id, digest, media_type, size, platforms, kind, artifact_type, subject, built_at, labels, children)
       select $1, digest, "mediaType", size, platforms, kind, "artifactType", subject, "builtAt", labels, children
         from jsonb_to_recordset($2::jsonb) as seen(digest text, "mediaType" text, size bigint, platforms jsonb,
              kind text, "artifactType" text, subject text, "builtAt" timestamptz, labels jsonb, children text[])
       on conflict (repository_id, digest) do update
          set media_type = excluded.media_type, size = coalesce(excluded.size, held.size),
              platforms = excluded.platforms, kind = excluded.kind, artifact_type = excluded.artifact_type,
              subject = excluded.subject, built_at = excluded.built_at, labels = excluded.labels,
              children = excluded.children
        where (held.media_type, held.size, held.platforms, held.kind, held.artifact_type, held.subject, held.built_at,
               held.labels, held.children)
              is distinct from
              (excluded.media_type, coalesce(excluded.size, held.size), excluded.platforms, excluded.kind,
               excluded.artifact_type, excluded.subject, excluded.built_at, excluded.labels, excluded.children)
       returning 1`,
      [repositoryId, JSON.stringify(distinct)],
    );
  }

  private async putTags(
    manager: EntityManager,
    repositoryId: string,
    { tags, pushes }: ObservedContents,
  ): Promise<number> {
    const rows =
      tags.length === 0
        ? []
        : await this.database.rows<{ name: string; digest: string; actor: string | null }>(
            `with seen as (select * from jsonb_to_recordset($2::jsonb) as ${observedTagColumns})
             insert into tag (repository_id, name, digest, pushed_at, pushed_by_id)
             select $1, name, digest, "pushedAt", "pushedById" from seen
             on conflict (repository_id, name) do update
                set digest = excluded.digest, pushed_at = excluded.pushed_at, pushed_by_id = excluded.pushed_by_id
              where tag.digest <> excluded.digest
                 or (tag.pushed_at < excluded.pushed_at and (select reported from seen where seen.name = tag.name))
             returning name, digest, (select account.name from account where account.id = pushed_by_id) as actor`,
            [repositoryId, JSON.stringify(tags)],
            manager,
          );
    for (const { name: tag, digest, actor } of rows) {
      await this.jobs.emit(manager, tagPushed({ repositoryId, tag, digest, actor }));
    }
    const moved = new Set(rows.map(({ name }) => name));
    await this.recordHistory(manager, repositoryId, [
      ...pushes,
      ...tags.filter(({ name, reported }) => !reported && moved.has(name)),
    ]);
    return rows.length;
  }

  // A report that comes late takes the place of what was only seen.
  private async recordHistory(
    manager: EntityManager,
    repositoryId: string,
    moves: readonly ObservedTag[],
  ): Promise<void> {
    if (moves.length === 0) return;
    await manager.query(
      `with seen as (select * from jsonb_to_recordset($2::jsonb) as ${observedTagColumns}), replaced as (
         delete from tag_history using seen
          where repository_id = $1 and tag = seen.name and tag_history.digest = seen.digest
            and seen.reported and not tag_history.reported and pushed_at <> seen."pushedAt"
       )
       insert into tag_history (repository_id, tag, digest, pushed_at, pushed_by_id, reported)
       select distinct on (name, "pushedAt", digest) $1, name, digest, "pushedAt", "pushedById", reported from seen
       on conflict (repository_id, tag, pushed_at, digest) do update
          set pushed_by_id = excluded.pushed_by_id, reported = true
        where excluded.reported and not tag_history.reported`,
      [repositoryId, JSON.stringify(moves)],
    );
  }

  // Tags of deleted manifests are deleted explicitly, rather than by the foreign key, so that each is emitted.
  private async deleteTags(
    manager: EntityManager,
    repositoryId: string,
    { goneTags, goneDigests, deletedBy }: ObservedContents,
  ): Promise<number> {
    if (goneTags.length + goneDigests.length === 0) return 0;
    const rows = await this.database.rows<{ name: string; digest: string }>(
      `delete from tag where repository_id = $1 and (name = any($2) or digest = any($3)) returning name, digest`,
      [repositoryId, goneTags, goneDigests],
      manager,
    );
    for (const { name: tag, digest } of rows) {
      await this.jobs.emit(manager, tagDeleted({ repositoryId, tag, digest, actor: deletedBy ?? null }));
    }
    return rows.length;
  }

  private deleteImages(
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
