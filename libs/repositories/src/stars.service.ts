import type { Identity } from '@central-index/accounts';
import { Database } from '@central-index/platform/database';
import { notFound } from '@central-index/platform/errors';
import { Jobs } from '@central-index/platform/jobs';
import { Injectable } from '@nestjs/common';
import { repositoryChanged } from './repositories.facts';
import { RepositoriesService } from './repositories.service';

/** Stars that accounts give to repositories, one each. */
@Injectable()
export class StarsService {
  constructor(
    private readonly database: Database,
    private readonly repositories: RepositoriesService,
    private readonly jobs: Jobs,
  ) {}

  /** Stars a repository; doing it again changes nothing. Throws NOT_FOUND, DENIED. */
  star(identity: Identity, path: string): Promise<void> {
    return this.change(
      identity,
      path,
      'insert into star (account_id, repository_id) values ($1, $2) on conflict do nothing returning repository_id',
      1,
    );
  }

  /** Takes the caller's star back; without one nothing changes. Throws NOT_FOUND, DENIED. */
  unstar(identity: Identity, path: string): Promise<void> {
    return this.change(
      identity,
      path,
      'delete from star where account_id = $1 and repository_id = $2 returning repository_id',
      -1,
    );
  }

  // The counter moves with the star and in its transaction, so that it can never tell another number.
  private async change(identity: Identity, path: string, statement: string, by: 1 | -1): Promise<void> {
    const { view } = await this.repositories.require(identity, path, 'star');
    if (identity.kind !== 'account') return;
    await this.database.transaction(async (manager) => {
      // Locked first: a removal at the same time would else count stars of a tombstone.
      const [there] = await this.database.rows(
        `select id from repository where id = $1 and state = 'active' for no key update`,
        [view.id],
        manager,
      );
      if (!there) throw notFound(`repository ${view.fullName}`);
      const rows = await this.database.rows(statement, [identity.account.id, view.id], manager);
      if (rows.length === 0) return;
      await manager.query('update repository set stars = stars + $2 where id = $1', [view.id, by]);
      await this.jobs.state(manager, repositoryChanged(view.id));
    });
  }
}
