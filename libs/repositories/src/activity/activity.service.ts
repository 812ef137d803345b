import { restrictionsOf, type Identity, type SignedIn } from '@central-index/accounts';
import { Database } from '@central-index/platform/database';
import { Injectable } from '@nestjs/common';
import { RepositoriesService } from '../repository/repositories.service';
import { selectActivity, selectPushes, type ActivityRow, type TagPushRow } from './activity.queries';

/** What happened lately: in one repository, or in those of an account. */
@Injectable()
export class ActivityService {
  constructor(
    private readonly database: Database,
    private readonly repositories: RepositoriesService,
  ) {}

  /** The versions that were pushed to a repository, latest first, without signatures and the like. Throws NOT_FOUND. */
  async pushes(identity: Identity, path: string, limit: number): Promise<TagPushRow[]> {
    const { id } = await this.repositories.authorize(identity, path, 'view');
    return this.database.query(selectPushes, [id, limit]);
  }

  /**
   * Pushes to the caller's own repositories, and stars that others gave them, latest first. Nothing for an access token,
   * which may be limited to some of them.
   */
  async ofOwn(identity: SignedIn, limit: number): Promise<ActivityRow[]> {
    if (restrictionsOf(identity) !== undefined) return [];
    return this.database.query(selectActivity, [identity.account.id, limit]);
  }
}
