import type { Identity } from '@central-index/accounts';
import { isTag } from '@central-index/naming';
import { Database } from '@central-index/platform/database';
import { notFound } from '@central-index/platform/errors';
import { Injectable } from '@nestjs/common';
import type { ImageKind } from '../kinds/image-kind';
import { RepositoriesService } from '../repository/repositories.service';
import { selectTag, selectTagHistory, selectTagsAfter, type Tag, type TagMove } from './tags.queries';

const historyCursor = /^(\d{4}-[\d:.T-]+Z) (\d{1,18})$/;

/** Reads the tags of repositories; pushes and deletions write them. */
@Injectable()
export class TagsService {
  constructor(
    private readonly database: Database,
    private readonly repositories: RepositoriesService,
  ) {}

  /**
   * Tags of a repository that the caller may see, by name, after the tag `after`: the versions, or all of a kind. Throws
   * NOT_FOUND.
   */
  async list(
    identity: Identity,
    path: string,
    page: { after?: string; limit: number; kind?: ImageKind },
  ): Promise<{ items: Tag[]; next?: string }> {
    const { id } = await this.repositories.authorize(identity, path, 'view');
    const values = [id, page.after ?? '', page.limit + 1, page.kind ?? null];
    const rows = await this.database.query(selectTagsAfter, values);
    const items = rows.slice(0, page.limit);
    return rows.length > page.limit ? { items, next: items.at(-1)!.name } : { items };
  }

  /** One tag. Throws NOT_FOUND. */
  async find(identity: Identity, path: string, name: string): Promise<Tag> {
    const { id } = await this.repositories.authorize(identity, path, 'view');
    if (!isTag(name)) throw notFound('tag', name);
    const tag = await this.database.queryOne(selectTag, [id, name]);
    if (tag === undefined) throw notFound('tag', name);
    return tag;
  }

  /** What a tag pointed to, latest first, also after the tag was deleted. Throws NOT_FOUND. */
  async history(
    identity: Identity,
    path: string,
    name: string,
    page: { after?: string; limit: number },
  ): Promise<{ items: TagMove[]; next?: string }> {
    const { id: repositoryId } = await this.repositories.authorize(identity, path, 'view');
    if (!isTag(name)) throw notFound('tag', name);
    const [, time = null, id = null] = historyCursor.exec(page.after ?? '') ?? [];
    const values = [repositoryId, name, time, id, page.limit + 1];
    const rows = await this.database.query(selectTagHistory, values);
    if (rows.length === 0 && page.after === undefined) throw notFound('tag', name);
    const items = rows.slice(0, page.limit);
    const last = items.at(-1);
    if (rows.length <= page.limit || last === undefined) return { items };
    return { items, next: `${last.since.toISOString()} ${last.id}` };
  }
}
