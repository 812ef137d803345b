import { Injectable } from '@nestjs/common';
import { AuditService } from '@central-index/audit';
import { Database } from '@central-index/platform/database';
import { invalidInput } from '@central-index/platform/errors';
import { IsNull, type EntityManager } from 'typeorm';
import { AccessTokenEntity } from './access-token.entity';
import { AccountEntity } from './account.entity';
import { AccountsService } from './accounts.service';
import { invalidCredentials } from './accounts.errors';
import { isEmailAddress } from './email-address';
import { toAccount, type Account } from './identity';
import { RefreshTokenEntity } from './refresh-token.entity';
import { SignInAddressEntity } from './sign-in-address.entity';
import { PasswordAttempts } from './password-attempts';
import { PasswordSignIn } from './password-sign-in';
import { SessionEntity } from './session.entity';

/** Changes that people make to their own account. */
@Injectable()
export class AccountSettingsService {
  constructor(
    private readonly database: Database,
    private readonly accounts: AccountsService,
    private readonly passwords: PasswordSignIn,
    private readonly attempts: PasswordAttempts,
    private readonly audit: AuditService,
  ) {}

  /**
   * Changes the e-mail address, the password, or both. A new address is unverified. A new password requires the current
   * one, within the limits on wrong passwords; it ends all sessions and refresh tokens, and unlocks the account. Throws
   * VALIDATION_FAILED, INVALID_CREDENTIALS or TOO_MANY_ATTEMPTS.
   */
  async update(
    account: Account,
    changes: { readonly email?: string; readonly password?: string; readonly currentPassword?: string },
    address: string,
  ): Promise<Account> {
    const email = changes.email ?? account.email ?? '';
    if (changes.email !== undefined && !isEmailAddress(changes.email)) {
      throw invalidInput([{ field: 'email', message: 'must be an e-mail address' }]);
    }
    const password =
      changes.password === undefined
        ? undefined
        : await this.newPassword(account, email, changes.password, changes.currentPassword, address);
    return this.database.transaction(async (manager) => {
      const actor = { name: account.name, address };
      const subject = { actor, subjectType: 'account', subject: account.name };
      if (changes.email !== undefined && changes.email !== account.email) {
        await updateEnabled(manager, account.id, { email: changes.email, emailVerifiedAt: null });
        await this.audit.record(manager, { action: 'account.email-changed', ...subject });
      }
      if (password !== undefined) {
        await updateEnabled(manager, account.id, { passwordHash: password, passwordChangedAt: new Date() });
        await manager.delete(SessionEntity, { accountId: account.id });
        await manager.delete(RefreshTokenEntity, { accountId: account.id });
        await this.attempts.unlock(manager, account.name);
        await this.audit.record(manager, { action: 'account.password-changed', ...subject });
      }
      return toAccount(await manager.findOneByOrFail(AccountEntity, { id: account.id }));
    });
  }

  /** Deletes the account's credentials and disables it. The row stays, so that its name can never be used again. */
  async delete(account: Account, address: string): Promise<void> {
    await this.database.transaction(async (manager) => {
      await updateEnabled(manager, account.id, {
        email: null,
        emailVerifiedAt: null,
        passwordHash: null,
        isAdministrator: false,
        disabledAt: new Date(),
      });
      await manager.delete(SessionEntity, { accountId: account.id });
      await manager.delete(RefreshTokenEntity, { accountId: account.id });
      await manager.delete(AccessTokenEntity, { accountId: account.id });
      await manager.delete(SignInAddressEntity, { accountId: account.id });
      await this.audit.record(manager, {
        action: 'account.deleted',
        actor: { name: account.name, address },
        subjectType: 'account',
        subject: account.name,
      });
    });
  }

  private async newPassword(
    account: Account,
    email: string,
    password: string,
    current: string | undefined,
    address: string,
  ) {
    if (current === undefined) {
      throw invalidInput([{ field: 'current_password', message: 'is required to change the password' }]);
    }
    await this.passwords.signIn({ name: account.name, secret: current, address });
    return this.accounts.preparePassword(password, { name: account.name, email });
  }
}

// The condition was true when the caller was authenticated; repeating it keeps a deleted account from being revived.
async function updateEnabled(
  manager: EntityManager,
  id: string,
  changes: Partial<AccountEntity>,
): Promise<void> {
  const { affected } = await manager.update(AccountEntity, { id, disabledAt: IsNull() }, changes);
  if (affected !== 1) throw invalidCredentials();
}
