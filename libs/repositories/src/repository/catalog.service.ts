import type { Identity } from '@central-index/accounts';
import { NamespacesService } from '@central-index/namespaces';
import { likePattern, parseRepositoryName } from '@central-index/naming';
import { Database } from '@central-index/platform/database';
import { Injectable } from '@nestjs/common';
import { isSearchableSql } from './repository-queries';

/** Names of repositories, and nothing else, for clients that list a whole index. */
@Injectable()
export class CatalogService {
  constructor(
    private readonly database: Database,
    private readonly namespaces: NamespacesService,
  ) {}

  /**
   * A page of the full names (`centos`, `alice/app`) that hold images and that the caller may see: the public ones
   * and his own private ones. Ordered by canonical name, after the name `after`, which need not exist.
   */
  async list(
    identity: Identity,
    page: { readonly after?: string; readonly limit: number },
  ): Promise<{ names: string[]; more: boolean }> {
    const { namespaces, patterns } = await this.namespaces.privateScope(identity);
    const after = page.after === undefined ? '' : (parseRepositoryName(page.after)?.path ?? page.after);
    const rows = await this.database.rows<{ path: string }>(
      `select path from repository join namespace on namespace.id = namespace_id
        where path > $1 and ${isSearchableSql} and (visibility = 'public'
            or namespace.name = any($2::text[]) and ($3::text[] is null or path like any($3::text[])))
        order by path limit $4`,
      [after, namespaces, patterns?.map(likePattern) ?? null, page.limit + 1],
    );
    return {
      names: rows.slice(0, page.limit).map(({ path }) => parseRepositoryName(path)!.full),
      more: rows.length > page.limit,
    };
  }
}
