import { CONFIG, type Config } from '@central-index/platform/config';
import { Database } from '@central-index/platform/database';
import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { selectRepositoriesOfNamespace, selectRepository } from './repositories.queries';
import type { RepositorySummary, RepositoryWithFacts } from './repository';
import { toRepositoryWithFacts, toSummaryWithFacts } from './repository-row';

/** Reads repositories for the services of this library, which decide who may see them. */
@Injectable()
export class RepositoryReader {
  /** The host of the index in image references. */
  readonly indexHost: string;

  constructor(
    private readonly database: Database,
    @Inject(CONFIG) config: Config,
  ) {
    this.indexHost = new URL(config.server.publicUrl).host;
  }

  /** The repository of that canonical name. */
  async find(path: string, manager?: EntityManager): Promise<RepositoryWithFacts | undefined> {
    const row = await this.database.queryOne(selectRepository, [path], manager);
    return row && toRepositoryWithFacts(row, this.indexHost);
  }

  /** Repositories of a namespace by name, after the name `after`, without most of those that the account may not see. */
  async listNamespace(
    namespaceId: string,
    accountId: string | undefined,
    page: { readonly after: string; readonly limit: number },
  ): Promise<RepositoryWithFacts<RepositorySummary>[]> {
    const values = [namespaceId, page.after, page.limit, accountId ?? null];
    const rows = await this.database.query(selectRepositoriesOfNamespace, values);
    return rows.map((row) => toSummaryWithFacts(row, this.indexHost));
  }
}
