import { Injectable } from '@nestjs/common';
import { AuditService, type Actor } from '@central-index/audit';
import { Database } from '@central-index/platform/database';
import { notFound } from '@central-index/platform/errors';
import { Jobs } from '@central-index/platform/jobs';
import type { EntityManager } from 'typeorm';
import {
  selectAccountUsage,
  selectAnyAdministrator,
  type AccountUsageRow,
} from './account-administration.queries';
import { erasedColumns, finishErasure } from './account-erasure';
import { AccountEntity } from './account.entity';
import { accountIsDeleted, ownAccount } from './accounts.errors';
import { AccountsService } from './accounts.service';
import { toAccount, type Account } from './identity';
import { maxConsecutive, PasswordAttempts } from './password-attempts';
import { RefreshTokenEntity } from './refresh-token.entity';
import { SessionEntity } from './session.entity';
import { toAccountName } from './typed-name';

/**
 * What administrators do with the accounts of others. None of it can be done to one's own account, so that an
 * administrator who acts is still there afterwards; operators at the command line act as no account.
 */
@Injectable()
export class AccountAdministration {
  constructor(
    private readonly database: Database,
    private readonly audit: AuditService,
    private readonly jobs: Jobs,
    private readonly accounts: AccountsService,
    private readonly attempts: PasswordAttempts,
  ) {}

  /** False until the first administrator is made. */
  async hasAdministrator(): Promise<boolean> {
    return (await this.database.queryOne(selectAnyAdministrator, [])) !== undefined;
  }

  /** How an account is used, and whether wrong passwords have locked it. */
  async usage(account: Account): Promise<AccountUsageRow> {
    const values = [account.id, account.name, maxConsecutive];
    return (await this.database.queryOne(selectAccountUsage, values))!;
  }

  /** Removes the lock that wrong passwords put on an account. Throws NOT_FOUND, VALIDATION_FAILED. */
  async unlock(typed: string, actor: Actor): Promise<Account> {
    const name = toAccountName(typed);
    const account = await this.accounts.find(name);
    if (account === undefined || account.disabled) throw notFound('account', name);
    await this.database.transaction(async (manager) => {
      await this.attempts.unlock(manager, name);
      await this.record(manager, 'account.unlocked', name, actor);
    });
    return account;
  }

  /**
   * Disables an account: signing in as it is refused, its sessions and logins end, its access tokens are refused. Its name,
   * repositories and tokens stay. Changes nothing if it is disabled already. Throws NOT_FOUND, ACCOUNT_DELETED,
   * OWN_ACCOUNT.
   */
  disable(name: string, actor: Actor): Promise<Account> {
    return this.database.transaction(async (manager) => {
      const account = await lock(manager, name);
      requireOther(account, actor);
      if (account.disabledAt !== null) return toAccount(account);
      account.disabledAt = new Date();
      await manager.update(AccountEntity, { id: account.id }, { disabledAt: account.disabledAt });
      await manager.delete(SessionEntity, { accountId: account.id });
      await manager.delete(RefreshTokenEntity, { accountId: account.id });
      await this.record(manager, 'account.disabled', account.name, actor);
      return toAccount(account);
    });
  }

  /** Lets a disabled account sign in again, with its former password. Throws NOT_FOUND, ACCOUNT_DELETED. */
  enable(name: string, actor: Actor): Promise<Account> {
    return this.database.transaction(async (manager) => {
      const account = await lock(manager, name);
      if (account.disabledAt === null) return toAccount(account);
      account.disabledAt = null;
      await manager.update(AccountEntity, { id: account.id }, { disabledAt: null });
      await this.record(manager, 'account.enabled', account.name, actor);
      return toAccount(account);
    });
  }

  /**
   * Deletes an account as its owner can, without the password; also a disabled one. A job ends its stars and
   * private repositories, and releases its namespaces. Returns its name. Throws NOT_FOUND, ACCOUNT_DELETED, OWN_ACCOUNT.
   */
  delete(typed: string, actor: Actor): Promise<string> {
    return this.database.transaction(async (manager) => {
      const { id, name } = await lock(manager, typed);
      requireOther({ name }, actor);
      await manager.update(AccountEntity, { id }, erasedColumns());
      await finishErasure(manager, this.jobs, id);
      await this.record(manager, 'account.deleted', name, actor);
      return name;
    });
  }

  /**
   * Grants or revokes the role of an administrator. Changes nothing if the account has it, or lacks it, already. Throws
   * NOT_FOUND for accounts that cannot sign in, VALIDATION_FAILED, OWN_ACCOUNT.
   */
  setAdministrator(typed: string, administrator: boolean, actor: Actor): Promise<Account> {
    const name = toAccountName(typed);
    return this.database.transaction(async (manager) => {
      const account = await manager.findOne(AccountEntity, {
        where: { name },
        lock: { mode: 'pessimistic_write' },
      });
      if (account?.disabledAt !== null) throw notFound('account', name);
      if (!administrator) requireOther(account, actor);
      if (account.isAdministrator === administrator) return toAccount(account);
      account.isAdministrator = administrator;
      await manager.update(AccountEntity, { id: account.id }, { isAdministrator: administrator });
      const action = administrator ? 'administrator.granted' : 'administrator.revoked';
      await this.record(manager, action, name, actor);
      return toAccount(account);
    });
  }

  private record(manager: EntityManager, action: string, name: string, actor: Actor): Promise<void> {
    return this.audit.record(manager, { action, actor, subjectType: 'account', subject: name });
  }
}

function requireOther({ name }: Pick<AccountEntity, 'name'>, actor: Actor): void {
  if (actor.name === name) throw ownAccount();
}

async function lock(manager: EntityManager, typed: string): Promise<AccountEntity> {
  const name = toAccountName(typed);
  const account = await manager.findOne(AccountEntity, {
    where: { name },
    lock: { mode: 'pessimistic_write' },
  });
  if (account === null) throw notFound('account', name);
  if (account.deletedAt !== null) throw accountIsDeleted(name);
  return account;
}
