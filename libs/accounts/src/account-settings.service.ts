import { Injectable } from '@nestjs/common';
import { AuditService } from '@central-index/audit';
import { Database } from '@central-index/platform/database';
import { invalidInput } from '@central-index/platform/errors';
import { Jobs } from '@central-index/platform/jobs';
import { IsNull, Not, type EntityManager } from 'typeorm';
import { erasedColumns, finishErasure } from './account-erasure';
import { AccountEntity } from './account.entity';
import { AccountsService } from './accounts.service';
import { invalidCredentials } from './accounts.errors';
import { isEmailAddress } from './email-address';
import { toAccount, type SignedIn } from './identity';
import { ipPrefixOf } from './ip-prefix';
import { RefreshTokenEntity } from './refresh-token.entity';
import { SignInAddressEntity } from './sign-in-address.entity';
import { PasswordAttempts } from './password-attempts';
import type { HashedPassword } from './password-hasher';
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
    private readonly jobs: Jobs,
  ) {}

  /**
   * Changes the e-mail address, the password, or both, and returns the caller as it is afterwards. A new address is
   * unverified. A new password requires the current one, within the limits on wrong passwords; it ends all sessions and
   * refresh tokens, deletes the sign-in addresses of others, and unlocks the account. Of concurrent changes that start from
   * the same password one succeeds. Throws VALIDATION_FAILED, INVALID_CREDENTIALS or TOO_MANY_ATTEMPTS.
   */
  async update(
    caller: SignedIn,
    changes: { readonly email?: string; readonly password?: string; readonly currentPassword?: string },
    address: string,
  ): Promise<SignedIn> {
    const { account } = caller;
    const email = changes.email ?? account.email ?? '';
    if (changes.email !== undefined && !isEmailAddress(changes.email)) {
      throw invalidInput([{ field: 'email', message: 'must be an e-mail address' }]);
    }
    const password =
      changes.password === undefined
        ? undefined
        : await this.newPassword(caller, email, changes.password, changes.currentPassword, address);
    return this.database.transaction(async (manager) => {
      const actor = { name: account.name, address };
      const subject = { actor, subjectType: 'account', subject: account.name };
      // The password first: its statement compares the version that the current password was verified against.
      if (password !== undefined) {
        await updateCurrent(manager, password.verified, {
          passwordHash: password.hash,
          passwordChangedAt: password.changedAt,
        });
        await manager.delete(SessionEntity, { accountId: account.id });
        await manager.delete(RefreshTokenEntity, { accountId: account.id });
        await manager.delete(SignInAddressEntity, {
          accountId: account.id,
          address: Not(ipPrefixOf(address)),
        });
        await this.attempts.unlock(manager, account.name);
        await this.audit.record(manager, { action: 'account.password-changed', ...subject });
      }
      const passwordChangedAt = password?.changedAt ?? caller.passwordChangedAt;
      if (changes.email !== undefined && changes.email !== account.email) {
        const owner = { id: account.id, passwordChangedAt };
        await updateCurrent(manager, owner, { email: changes.email, emailVerifiedAt: null });
        await this.audit.record(manager, { action: 'account.email-changed', ...subject });
      }
      const changed = await manager.findOneByOrFail(AccountEntity, { id: account.id });
      return { ...caller, account: toAccount(changed), passwordChangedAt };
    });
  }

  /**
   * Deletes the account's credentials and disables it. The row stays, so that its name can never be used again. Requires
   * the password, also from a session. Throws INVALID_CREDENTIALS or TOO_MANY_ATTEMPTS.
   */
  async delete({ account }: SignedIn, password: string, address: string): Promise<void> {
    const verified = await this.passwords.signIn({ name: account.name, secret: password, address });
    await this.database.transaction(async (manager) => {
      await updateCurrent(manager, verified, erasedColumns());
      await finishErasure(manager, this.jobs, account.id);
      await this.audit.record(manager, {
        action: 'account.deleted',
        actor: { name: account.name, address },
        subjectType: 'account',
        subject: account.name,
      });
    });
  }

  private async newPassword(
    { account: { name } }: SignedIn,
    email: string,
    password: string,
    current: string | undefined,
    address: string,
  ): Promise<{ hash: HashedPassword; changedAt: Date; verified: AccountEntity }> {
    if (current === undefined) {
      throw invalidInput([{ field: 'current_password', message: 'is required to change the password' }]);
    }
    const verified = await this.passwords.signIn({ name, secret: current, address });
    const hash = await this.accounts.preparePassword(password, { name, email });
    return { hash, changedAt: versionAfter(verified.passwordChangedAt), verified };
  }
}

// Later than the version it replaces, whatever this machine's clock says: no two passwords of an account have the same.
function versionAfter(former: Date): Date {
  return new Date(Math.max(Date.now(), former.getTime() + 1));
}

// The caller was authenticated before: repeating the conditions in the statement keeps a deleted account from being
// revived, and who knows a former password from changing anything.
async function updateCurrent(
  manager: EntityManager,
  { id, passwordChangedAt }: { readonly id: string; readonly passwordChangedAt?: Date },
  changes: Partial<AccountEntity>,
): Promise<void> {
  if (passwordChangedAt === undefined) throw invalidCredentials();
  const { affected } = await manager.update(
    AccountEntity,
    { id, passwordChangedAt, disabledAt: IsNull() },
    changes,
  );
  if (affected !== 1) throw invalidCredentials();
}
