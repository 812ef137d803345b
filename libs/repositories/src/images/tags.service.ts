import type { Identity } from '@central-index/accounts';
import { isTag } from '@central-index/naming';
import { Database } from '@central-index/platform/database';
import { notFound } from '@central-index/platform/errors';
import { Injectable } from '@nestjs/common';
import { RepositoriesService } from '../repository/repositories.service';

/** What an image runs on, as its configuration or index says, and which manifest that is. */
export interface TagPlatform {
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string;
  readonly digest?: string;
  /** Bytes of configuration and layers, compressed; null when the manifest is missing or does not say. */
  readonly size?: number | null;
}

/** What a tag pointed to from some moment on. */
export interface TagMove {
  readonly digest: string;
  readonly pushedAt: Date;
  /** Name of the account that pushed it, if it is known. */
  readonly pushedBy: string | null;
}

/** A tag as people see it. */
export interface Tag {
  readonly name: string;
  readonly digest: string;
  readonly mediaType: string;
  /** Bytes of config and layers, of all platforms for an index; null when unknown. */
  readonly size: number | null;
  readonly platforms: readonly TagPlatform[];
  readonly kind: 'image' | 'index' | 'artifact' | 'schema1';
  /** What kind of artifact it is, if it is no image to run. */
  readonly artifactType: string | null;
  /** Digest of the manifest that this one is about. */
  readonly subject: string | null;
  /** When the image says that it was made. */
  readonly builtAt: Date | null;
  /** `org.opencontainers.image.…` labels and annotations, by the last word of their names. */
  readonly labels: Readonly<Record<string, string>>;
  readonly pushedAt: Date;
  /** Name of the account that pushed it, if it is known. */
  readonly pushedBy: string | null;
}

const select = `
  select tag.name, tag.digest, manifest.media_type as "mediaType", manifest.size::float8 as size, manifest.platforms,
         kind, artifact_type as "artifactType", subject, built_at as "builtAt", labels,
         tag.pushed_at as "pushedAt", account.name as "pushedBy"
    from tag
    join manifest on manifest.repository_id = tag.repository_id and manifest.digest = tag.digest
    left join account on account.id = tag.pushed_by_id
   where tag.repository_id = $1`;

/** Tags of repositories; what is pushed and deleted writes them. */
@Injectable()
export class TagsService {
  constructor(
    private readonly database: Database,
    private readonly repositories: RepositoriesService,
  ) {}

  /** Tags of a repository that the caller may see, by name, after the tag `after`. */
  async list(
    identity: Identity,
    path: string,
    page: { after?: string; limit: number },
  ): Promise<{ items: Tag[]; next?: string }> {
    const { view } = await this.repositories.require(identity, path, 'view');
    const rows = await this.database.rows<Tag>(`${select} and tag.name > $2 order by tag.name limit $3`, [
      view.id,
      page.after ?? '',
      page.limit + 1,
    ]);
    const items = rows.slice(0, page.limit);
    return rows.length > page.limit ? { items, next: items.at(-1)!.name } : { items };
  }

  /** One tag. Throws NOT_FOUND. */
  async find(identity: Identity, path: string, name: string): Promise<Tag> {
    const { view } = await this.repositories.require(identity, path, 'view');
    if (!isTag(name)) throw notFound('tag');
    const [row] = await this.database.rows<Tag>(`${select} and tag.name = $2`, [view.id, name]);
    if (!row) throw notFound(`tag ${name}`);
    return row;
  }
  /** What a tag pointed to, the latest first; of a tag that was deleted, too. Throws NOT_FOUND. */
  async history(
    identity: Identity,
    path: string,
    name: string,
    page: { after?: string; limit: number },
  ): Promise<{ items: TagMove[]; next?: string }> {
    const { view } = await this.repositories.require(identity, path, 'view');
    if (!isTag(name)) throw notFound('tag');
    const [, at = null, id = null] = /^(\d{4}-[\d:.T-]+Z) (\d{1,18})$/.exec(page.after ?? '') ?? [];
    const rows = await this.database.rows<TagMove & { id: string }>(
      `select tag_history.id, digest, pushed_at as "pushedAt", account.name as "pushedBy"
         from tag_history left join account on account.id = pushed_by_id
        where repository_id = $1 and tag = $2
          and ($3::timestamptz is null or (pushed_at, tag_history.id) < ($3, $4::bigint))
        order by pushed_at desc, tag_history.id desc limit $5`,
      [view.id, name, at, id, page.limit + 1],
    );
    if (rows.length === 0 && page.after === undefined) throw notFound(`tag ${name}`);
    const items = rows.slice(0, page.limit);
    const last = items.at(-1);
    if (rows.length <= page.limit || last === undefined) return { items };
    return { items, next: `${last.pushedAt.toISOString()} ${last.id}` };
  }
}
