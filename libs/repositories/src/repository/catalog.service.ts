import type { Identity } from '@central-index/accounts';
import { NamespacesService } from '@central-index/namespaces';
import { likePattern, parseRepositoryName } from '@central-index/naming';
import { Database } from '@central-index/platform/database';
import { Injectable } from '@nestjs/common';
import { selectCatalog } from './catalog.queries';

/** The names of repositories, for clients that list the whole index. */
@Injectable()
export class CatalogService {
  constructor(
    private readonly database: Database,
    private readonly namespaces: NamespacesService,
  ) {}

  /**
   * A page of the full names (`centos`, `alice/app`) of repositories with images that the caller may see: the public ones,
   * and the private ones of the caller's namespaces. Ordered by canonical name, after the name `after`, which need not
   * exist.
   */
  async list(
    identity: Identity,
    page: { readonly after?: string; readonly limit: number },
  ): Promise<{ names: string[]; more: boolean }> {
    const { namespaces, patterns } = await this.namespaces.privateScope(identity);
    const after = page.after === undefined ? '' : (parseRepositoryName(page.after)?.path ?? page.after);
    const rows = await this.database.query(selectCatalog, [
      after,
      namespaces,
      patterns?.map(likePattern) ?? null,
      page.limit + 1,
    ]);
    return {
      names: rows.slice(0, page.limit).map(({ path }) => parseRepositoryName(path)!.full),
      more: rows.length > page.limit,
    };
  }
}
