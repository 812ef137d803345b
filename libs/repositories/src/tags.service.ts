import type { Identity } from '@central-index/accounts';
import { isTag } from '@central-index/naming';
import { Database } from '@central-index/platform/database';
import { notFound } from '@central-index/platform/errors';
import { Injectable } from '@nestjs/common';
import { RepositoriesService } from './repositories.service';

/** What an image runs on, as its configuration says. */
export interface Platform {
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string;
}

/** A tag as people see it. */
export interface Tag {
  readonly name: string;
  readonly digest: string;
  readonly mediaType: string;
  /** Bytes of config and layers, of all platforms for an index; null when unknown. */
  readonly size: number | null;
  readonly platforms: readonly Platform[];
  readonly pushedAt: Date;
  /** Name of the account that pushed it, if it is known. */
  readonly pushedBy: string | null;
}

const select = `
  select tag.name, tag.digest, manifest.media_type as "mediaType", manifest.size::float8 as size, manifest.platforms,
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
    const { view } = await this.repositories.require(identity, path, 'see');
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
    const { view } = await this.repositories.require(identity, path, 'see');
    if (!isTag(name)) throw notFound('tag');
    const [row] = await this.database.rows<Tag>(`${select} and tag.name = $2`, [view.id, name]);
    if (!row) throw notFound(`tag ${name}`);
    return row;
  }
}
