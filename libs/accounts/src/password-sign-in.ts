import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { AuditService } from '@central-index/audit';
import { isAccountName } from '@central-index/naming';
import { ChangeListener, Database, InvalidatingCache } from '@central-index/platform/database';
import type { Repository } from 'typeorm';
import { AccountEntity } from './account.entity';
import { invalidCredentials } from './accounts.errors';
import { ipPrefixOf } from './ip-prefix';
import { PasswordAttempts } from './password-attempts';
import { PasswordHasher } from './password-hasher';
import { maxPasswordBytes } from './password-policy';
import { VerifiedPasswordCache } from './verified-password-cache';

/** What somebody signs in with, and from where. */
export interface Credentials {
  readonly name: string;
  readonly secret: string;
  /** The client's address. */
  readonly address: string;
}

/** Signs in by name and password, within the limits on wrong ones. */
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
    changes: ChangeListener,
  ) {
    this.accounts = new InvalidatingCache(changes, { lifetimeMs: 60_000, capacity: 10_000 });
  }

  /** The account, or INVALID_CREDENTIALS, alike and after the same time for absent, disabled and real names. */
  async signIn({ name, secret, address }: Credentials): Promise<AccountEntity> {
    if (secret === '' || secret.length > maxPasswordBytes) throw invalidCredentials();
    const account = await this.find(name);
    const passwordHash = account?.passwordHash ?? null;
    const memory = { name, secret, ipPrefix: ipPrefixOf(address), passwordHash };
    if (account && passwordHash !== null && this.verified.has(memory)) return account;

    const attempt = { name, accountId: account?.id, ipPrefix: memory.ipPrefix };
    await this.attempts.check(attempt);
    // Counted when its turn has come: what waits in the queue does not use up the limit of others at that address.
    return this.hasher.withSlot(async () => {
      const counted = await this.attempts.recordFailure(attempt);
      const right = await this.hasher.verify(passwordHash, secret);
      await this.database.transaction(async (manager) => {
        if (right) await this.attempts.recordSuccess(manager, counted);
        await this.audit.record(manager, {
          action: right ? 'account.signed-in' : 'account.sign-in-failed',
          actor: { name: right ? name : null, address },
          subjectType: 'account',
          // People type passwords into the wrong field: what is no name is not kept.
          subject: isAccountName(name) ? name : '',
        });
      });
      if (!account || !right) throw invalidCredentials();
      this.verified.add(memory);
      return account;
    });
  }

  private async find(name: string): Promise<AccountEntity | null> {
    if (!isAccountName(name)) return null;
    const known = this.accounts.get(name);
    if (known !== undefined) return known;
    const commit = this.accounts.beginFill();
    const account = await this.accountRows.findOneBy({ name });
    if (account?.disabledAt !== null) return null;
    commit(name, account, [`account:${account.id}`]);
    return account;
  }
}
