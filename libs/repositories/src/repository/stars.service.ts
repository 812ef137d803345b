import { accountOf, type Identity, type SignedIn } from '@central-index/accounts';
import { decide } from '@central-index/namespaces';
import { Database, type Query } from '@central-index/platform/database';
import { notFound } from '@central-index/platform/errors';
import { Jobs } from '@central-index/platform/jobs';
import { Injectable } from '@nestjs/common';
import { repositoryChanged } from './repositories.facts';
import { RepositoriesService } from './repositories.service';
import type { StarredRepository } from './repository';
import { RepositoryReader } from './repository-reader';
import { toSummaryWithFacts } from './repository-row';
import {
  deleteStar,
  insertStar,
  selectStar,
  selectStargazers,
  selectStarred,
  type StarChangeRow,
} from './stars.queries';

/** An account that has starred a repository. */
export interface Stargazer {
  readonly username: string;
  readonly starredAt: Date;
}

/** A page of a list; `next` is the key from which it continues. */
interface Page<Item> {
  readonly items: Item[];
  readonly next?: string;
}

// Microseconds and id of the last star shown.
const cursor = /^(\d{1,18}) (\d{1,18})$/;

/** Stars that accounts give to repositories, at most one each. */
@Injectable()
export class StarsService {
  constructor(
    private readonly database: Database,
    private readonly repositories: RepositoriesService,
    private readonly reader: RepositoryReader,
    private readonly jobs: Jobs,
  ) {}

  /** Sets the caller's star; if it is set, nothing changes. Throws NOT_FOUND, DENIED. */
  star(identity: Identity, path: string): Promise<void> {
    return this.change(identity, path, insertStar);
  }

  /** Removes the caller's star; if there is none, nothing changes. Throws NOT_FOUND, DENIED. */
  unstar(identity: Identity, path: string): Promise<void> {
    return this.change(identity, path, deleteStar);
  }

  /** True if the caller has starred the repository with this id. */
  async isStarred(identity: Identity, repositoryId: string): Promise<boolean> {
    const account = accountOf(identity);
    if (account === undefined) return false;
    return (await this.database.queryOne(selectStar, [repositoryId, account.id])) !== undefined;
  }

  /** Who starred a repository, latest first. Throws NOT_FOUND. */
  async stargazers(
    identity: Identity,
    path: string,
    page: { readonly after?: string; readonly limit: number },
  ): Promise<Page<Stargazer>> {
    const { id } = await this.repositories.authorize(identity, path, 'view');
    const rows = await this.database.query(selectStargazers, [id, ...startOf(page.after), page.limit + 1]);
    return pageOf(
      rows,
      page.limit,
      ({ accountId }) => accountId,
      ({ username, starredAt }) => ({ username, starredAt }),
    );
  }

  /** The repositories that the caller has starred and may still see, latest star first. */
  async starred(
    identity: SignedIn,
    page: { readonly after?: string; readonly limit: number },
  ): Promise<Page<StarredRepository>> {
    const values = [identity.account.id, ...startOf(page.after), page.limit + 1];
    const rows = await this.database.query(selectStarred, values);
    const { indexHost } = this.reader;
    const visible = rows
      .map((row) => ({ row, ...toSummaryWithFacts(row, indexHost) }))
      .filter(({ facts }) => decide(identity, 'view', facts).allowed);
    return pageOf(
      visible.map(({ row, view }) => ({ ...row, view })),
      page.limit,
      ({ id }) => id!,
      ({ view, starredAt }) => ({ ...view, starredAt }),
    );
  }

  private async change(identity: Identity, path: string, statement: Query<StarChangeRow>): Promise<void> {
    const { id, name } = await this.repositories.authorize(identity, path, 'star');
    const account = accountOf(identity);
    if (account === undefined) return;
    await this.database.transaction(async (manager) => {
      const star = await this.database.queryOne(statement, [id, account.id], manager);
      if (star === undefined) throw notFound('repository', name.full);
      if (star.changed) await this.jobs.emit(manager, repositoryChanged({ repositoryId: id }));
    });
  }
}

function startOf(after: string | undefined): [microseconds: string | null, id: string | null] {
  const [, microseconds = null, id = null] = cursor.exec(after ?? '') ?? [];
  return [microseconds, id];
}

function pageOf<Row extends { readonly microseconds: string }, Item>(
  rows: readonly Row[],
  limit: number,
  idOf: (row: Row) => string,
  toItem: (row: Row) => Item,
): Page<Item> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const items = shown.map(toItem);
  return rows.length > limit && last !== undefined
    ? { items, next: `${last.microseconds} ${idOf(last)}` }
    : { items };
}
