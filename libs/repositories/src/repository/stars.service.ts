import { accountOf, type Identity } from '@central-index/accounts';
import { Database, type Query } from '@central-index/platform/database';
import { notFound } from '@central-index/platform/errors';
import { Jobs } from '@central-index/platform/jobs';
import { Injectable } from '@nestjs/common';
import { repositoryChanged } from './repositories.facts';
import { RepositoriesService } from './repositories.service';
import { deleteStar, insertStar, type StarChangeRow } from './stars.queries';

/** Stars that accounts give to repositories, at most one each. */
@Injectable()
export class StarsService {
  constructor(
    private readonly database: Database,
    private readonly repositories: RepositoriesService,
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
