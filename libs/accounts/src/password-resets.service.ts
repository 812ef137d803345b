import { Injectable } from '@nestjs/common';
import { AuditService, type Actor } from '@central-index/audit';
import { Database } from '@central-index/platform/database';
import { notFound } from '@central-index/platform/errors';
import { passwordResetInvalid } from './accounts.errors';
import { AccountsService } from './accounts.service';
import { PasswordAttempts } from './password-attempts';
import {
  redeemPasswordReset,
  selectPasswordReset,
  upsertPasswordReset,
  type PasswordResetRow,
} from './password-resets.queries';
import { RefreshTokenEntity } from './refresh-token.entity';
import { SecretFormat } from './secret-format';
import { hashSecret } from './secrets';
import { SessionEntity } from './session.entity';
import { SignInAddressEntity } from './sign-in-address.entity';
import { toAccountName } from './typed-name';

const lifetimeMs = 3_600_000;
const format = new SecretFormat('ci_prt_');

/** Resets of lost passwords by one-time tokens, each usable once within an hour. */
@Injectable()
export class PasswordResetsService {
  constructor(
    private readonly database: Database,
    private readonly accounts: AccountsService,
    private readonly attempts: PasswordAttempts,
    private readonly audit: AuditService,
  ) {}

  /**
   * Creates a token for an account, which replaces the former one. It is returned here and not stored. The password stays
   * valid until the token is used. Throws NOT_FOUND for accounts that cannot sign in.
   */
  async create(typed: string, actor: Actor): Promise<{ name: string; token: string; expiresAt: Date }> {
    const name = toAccountName(typed);
    const token = format.create();
    const expiresAt = new Date(Date.now() + lifetimeMs);
    await this.database.transaction(async (manager) => {
      const values = [name, hashSecret(token), actor.name ?? '', expiresAt];
      const row = await this.database.queryOne(upsertPasswordReset, values, manager);
      if (row === undefined) throw notFound('account', name);
      await this.audit.record(manager, {
        action: 'account.password-reset-created',
        actor,
        subjectType: 'account',
        subject: name,
      });
    });
    return { name, token, expiresAt };
  }

  /** Whose password a token sets, and until when. Throws PASSWORD_RESET_INVALID. */
  async find(token: string): Promise<PasswordResetRow> {
    const reset = format.isWellFormed(token)
      ? await this.database.queryOne(selectPasswordReset, [hashSecret(token)])
      : undefined;
    if (reset === undefined) throw passwordResetInvalid();
    return reset;
  }

  /**
   * Sets the password, ends all sessions and logins of docker clients, and unlocks the account; access tokens stay. A password that the policy
   * refuses leaves the token usable. Throws PASSWORD_RESET_INVALID or VALIDATION_FAILED.
   */
  async redeem(token: string, password: string, address: string): Promise<void> {
    const { name, email } = await this.find(token);
    const hashed = await this.accounts.preparePassword(password, { name, email: email ?? '' });
    await this.database.transaction(async (manager) => {
      const values = [hashSecret(token), hashed, new Date()];
      const account = await this.database.queryOne(redeemPasswordReset, values, manager);
      if (account === undefined) throw passwordResetInvalid();
      await manager.delete(SessionEntity, { accountId: account.id });
      await manager.delete(RefreshTokenEntity, { accountId: account.id });
      await manager.delete(SignInAddressEntity, { accountId: account.id });
      await this.attempts.unlock(manager, account.name);
      await this.audit.record(manager, {
        action: 'account.password-reset',
        actor: { name: account.name, address },
        subjectType: 'account',
        subject: account.name,
      });
    });
  }
}
