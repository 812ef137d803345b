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
      'insert into star (account_id, repository_id) select $2, id from there on conflict do nothing returning 1 as by',
    );
  }

  /** Takes the caller's star back; without one nothing changes. Throws NOT_FOUND, DENIED. */
  unstar(identity: Identity, path: string): Promise<void> {
    return this.change(
      identity,
      path,
      'delete from star using there where account_id = $2 and repository_id = there.id returning -1 as by',
    );
  }

  // The counter moves with the star and in its transaction, so that it can never tell another number. The repository
  // is locked first: a removal at the same time would else count stars of a tombstone.
  private async change(identity: Identity, path: string, statement: string): Promise<void> {
    const { view } = await this.repositories.require(identity, path, 'star');
    if (identity.kind !== 'account') return;
    await this.database.transaction(async (manager) => {
      const [done] = await this.database.prepared<{ changed: boolean }>(
        `with there as (select id from repository where id = $1 and state = 'active' for no key update),
           moved as (${statement}),
           counted as (update repository set stars = stars + moved.by from moved where id = $1 returning id)
         select exists (select from counted) as changed from there`,
        [view.id, identity.account.id],
        manager,
      );
      if (!done) throw notFound(`repository ${view.fullName}`);
      if (done.changed) await this.jobs.emit(manager, repositoryChanged({ repositoryId: view.id }));
    });
  }
}
