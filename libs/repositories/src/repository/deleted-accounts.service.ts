import { AuditService, type Actor } from '@central-index/audit';
import { Database } from '@central-index/platform/database';
import { Jobs } from '@central-index/platform/jobs';
import { Injectable } from '@nestjs/common';
import {
  deleteStarsOfAccount,
  releaseNamespaces,
  selectDeletedAccounts,
  selectPrivateRepositoriesOfAccount,
} from './deleted-accounts.queries';
import { repositoryChanged } from './repositories.facts';
import { RepositoriesService } from './repositories.service';

const batchSize = 500;
const actor: Actor = { name: ':index' };

/**
 * What happens to the stars and repositories of deleted accounts. Stars end. Private repositories are deleted with their
 * images, because no caller may see them any more. Public ones stay, because others pull them: their namespace has no owner,
 * so that nothing is pushed to it, until an administrator assigns it.
 */
@Injectable()
export class DeletedAccountsService {
  constructor(
    private readonly database: Database,
    private readonly repositories: RepositoriesService,
    private readonly audit: AuditService,
    private readonly jobs: Jobs,
  ) {}

  /** Deletes the account's stars, at most 500, and returns how many. Changes nothing unless the account was deleted. */
  deleteStars(accountId: string): Promise<number> {
    return this.database.transaction(async (manager) => {
      const changed = await this.database.query(deleteStarsOfAccount, [accountId, batchSize], manager);
      for (const { id } of changed) await this.jobs.emit(manager, repositoryChanged({ repositoryId: id }));
      return changed.length;
    });
  }

  /** Ends all that is left of a deleted account; a second run changes nothing. Returns the number of stars. */
  async release(accountId: string): Promise<number> {
    let stars = 0;
    for (;;) {
      const deleted = await this.deleteStars(accountId);
      stars += deleted;
      if (deleted < batchSize) break;
    }
    while ((await this.deletePrivateRepositories(accountId)) === batchSize);
    await this.database.transaction(async (manager) => {
      for (const { name } of await this.database.query(releaseNamespaces, [accountId], manager)) {
        await this.audit.record(manager, {
          action: 'namespace.released',
          actor,
          subjectType: 'namespace',
          subject: name,
        });
      }
    });
    return stars;
  }

  /** Releases deleted accounts whose job was lost, or that were deleted by an older version. Returns the number of stars. */
  async releaseAll(): Promise<number> {
    let stars = 0;
    for (const { id } of await this.database.query(selectDeletedAccounts, [batchSize])) {
      stars += await this.release(id);
    }
    return stars;
  }

  private deletePrivateRepositories(accountId: string): Promise<number> {
    return this.database.transaction(async (manager) => {
      const values = [accountId, batchSize];
      const rows = await this.database.query(selectPrivateRepositoriesOfAccount, values, manager);
      for (const { id, path } of rows) {
        await this.repositories.softDelete(manager, id);
        await this.audit.record(manager, {
          action: 'repository.deleted',
          actor,
          subjectType: 'repository',
          subject: path,
        });
      }
      return rows.length;
    });
  }
}
