import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { AuditService } from '@central-index/audit';
import { isAccountName } from '@central-index/naming';
import { ChangeListener, Database, InvalidatingCache } from '@central-index/platform/database';
import { IsNull, Not, type Repository } from 'typeorm';
import { AccountEntity } from './account.entity';
import { accountNotActive, invalidCredentials } from './accounts.errors';
import { CreationRateLimits } from './creation-rate-limits';
import { ipPrefixOf } from './ip-prefix';
import { PasswordAttempts } from './password-attempts';
import { PasswordHasher } from './password-hasher';
import { maxPasswordBytes } from './password-policy';
import { VerifiedPasswordCache } from './verified-password-cache';

/** The credentials of a sign-in, and the address it comes from. */
export interface Credentials {
  readonly name: string;
  readonly secret: string;
  /** IP address of the client. */
  readonly address: string;
  /** True to report that an account is disabled, if the password is right. */
  readonly revealsDisabled?: boolean;
}

/** Signs in by name and password, within the limits on wrong passwords. */
@Injectable()
export class PasswordSignIn {
  private readonly verified = new VerifiedPasswordCache();
  private readonly accounts: InvalidatingCache<AccountEntity>;

  constructor(
    private readonly database: Database,
    @InjectRepository(AccountEntity) private readonly accountRows: Repository<AccountEntity>,
    private readonly hasher: PasswordHasher,
    private readonly attempts: PasswordAttempts,
    private readonly audit: AuditService,
    private readonly limits: CreationRateLimits,
    changes: ChangeListener,
  ) {
    this.accounts = new InvalidatingCache(changes, { lifetimeMs: 60_000, capacity: 10_000 });
  }

  /**
   * Returns the account; the name must be in lower case. Throws INVALID_CREDENTIALS, in the same way and after the same time for absent, disabled and
   * existing names, or TOO_MANY_ATTEMPTS.
   */
  async signIn({ name, secret, address, revealsDisabled }: Credentials): Promise<AccountEntity> {
    if (secret === '' || secret.length > maxPasswordBytes) throw invalidCredentials();
    const account = await this.find(name);
    const disabled = account === null && revealsDisabled === true ? await this.findDisabled(name) : null;
    const passwordHash = (account ?? disabled)?.passwordHash ?? null;
    const signIn = { name, secret, ipPrefix: ipPrefixOf(address), passwordHash };
    if (account && passwordHash !== null && this.verified.has(signIn)) return account;

    // Text that is no name is never stored, because people type passwords into the wrong field, nor sent to the database.
    const attempted = isAccountName(name) ? name : '';
    const attempt = { name: attempted, accountId: account?.id, ipPrefix: signIn.ipPrefix };
    await this.attempts.check(attempt);
    // Counted only in its slot: attempts that wait in the queue do not use up the limit of others at that address.
    return this.hasher.withSlot(async () => {
      const counted = await this.attempts.recordFailure(attempt);
      const matches = await this.hasher.verify(passwordHash, secret);
      // An account that signs in without end must not fill the audit log. Wrong passwords have a limit of their own.
      const isRecorded =
        !matches || !account || (await this.limits.tryConsume('recorded-sign-in', account.id));
      const isRight = await this.database.transaction(async (manager) => {
        const isRight =
          matches &&
          account !== null &&
          (await this.attempts.recordSuccess(manager, counted, account.passwordChangedAt));
        if (!isRecorded && isRight) return true;
        await this.audit.record(manager, {
          action: isRight ? 'account.signed-in' : 'account.sign-in-failed',
          actor: { name: isRight ? name : null, address },
          subjectType: 'account',
          subject: attempted,
        });
        return isRight;
      });
      if (matches && disabled !== null) throw accountNotActive();
      if (!account || !isRight) throw invalidCredentials();
      this.verified.add(signIn);
      return account;
    });
  }

  private findDisabled(name: string): Promise<AccountEntity | null> {
    if (!isAccountName(name)) return Promise.resolve(null);
    return this.accountRows.findOneBy({ name, disabledAt: Not(IsNull()) });
  }

  private async find(name: string): Promise<AccountEntity | null> {
    if (!isAccountName(name)) return null;
    const cached = this.accounts.get(name);
    if (cached !== undefined) return cached;
    const commit = this.accounts.beginFill();
    const account = await this.accountRows.findOneBy({ name });
    if (account?.disabledAt !== null) return null;
    commit(name, account, [`account:${account.id}`]);
    return account;
  }
}
