import { Inject, Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { accountNameRule, foldCase, isAccountName } from '@central-index/naming';
import { CONFIG, type Config } from '@central-index/platform/config';
import { isConstraintViolation } from '@central-index/platform/database';
import { invalidInput } from '@central-index/platform/errors';
import { ILike, LessThan, type EntityManager, type Repository } from 'typeorm';
import { AccessTokensService } from './access-tokens.service';
import { AccountEntity } from './account.entity';
import { emailAsUserName, invalidCredentials, nameReserved, nameTaken } from './accounts.errors';
import { isEmailAddress } from './email-address';
import { toAccount, type Account, type SignedIn } from './identity';
import { looksLikeRefreshToken } from './refresh-tokens.service';
import { PasswordHasher, type HashedPassword } from './password-hasher';
import { passwordPolicyViolation } from './password-policy';
import { PasswordSignIn, type Credentials } from './password-sign-in';
import { looksLikePersonalToken } from './personal-token';
import { isMeantAsEmail } from './typed-name';

/** A new account. The caller creates its namespace in the same transaction. */
export interface NewAccount {
  readonly name: string;
  readonly email: string;
  readonly password: HashedPassword;
  readonly administrator?: boolean;
  readonly reservedNameAllowed?: boolean;
}

/** Accounts, and signing in to them. */
@Injectable()
export class AccountsService {
  constructor(
    @InjectRepository(AccountEntity) private readonly accounts: Repository<AccountEntity>,
    private readonly tokens: AccessTokensService,
    private readonly passwords: PasswordSignIn,
    private readonly hasher: PasswordHasher,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /**
   * Authenticates a caller by name, in any case of letters, and password or a personal access token of that account.
   * Throws INVALID_CREDENTIALS, EMAIL_AS_USERNAME, ACCESS_TOKEN_EXPIRED, or TOO_MANY_ATTEMPTS with the time to
   * wait; with `revealsDisabled` also ACCOUNT_NOT_ACTIVE. A
   * failing database leads to none of these.
   */
  async authenticate({ name: typed, secret, address, revealsDisabled }: Credentials): Promise<SignedIn> {
    if (isMeantAsEmail(typed)) throw emailAsUserName();
    const name = foldCase(typed);
    if (looksLikePersonalToken(secret)) {
      const identity = await this.tokens.authenticate(secret, address);
      if (identity.account.name !== name) throw invalidCredentials();
      return identity;
    }
    if (looksLikeRefreshToken(secret)) throw invalidCredentials();
    const account = await this.passwords.signIn({ name, secret, address, revealsDisabled });
    return {
      kind: 'account',
      account: toAccount(account),
      via: 'password',
      passwordChangedAt: account.passwordChangedAt,
    };
  }

  /**
   * Checks a new password against the policy and hashes it; to be called before any transaction, because hashing is
   * slow. Throws VALIDATION_FAILED.
   */
  async preparePassword(
    password: string,
    person: { readonly name: string; readonly email: string },
  ): Promise<HashedPassword> {
    const ownWords = [person.name, person.email, person.email.split('@', 1)[0]!];
    const violation = passwordPolicyViolation(password, {
      minLength: this.config.accounts.passwordMinLength,
      ownWords,
    });
    if (violation !== undefined) throw invalidInput([{ field: 'password', message: violation }]);
    return this.hasher.withSlot(() => this.hasher.hash(password));
  }

  /** Creates an account. Throws VALIDATION_FAILED, or NAME_TAKEN or NAME_RESERVED if the database rejects its name. */
  async create(manager: EntityManager, account: NewAccount): Promise<Account> {
    if (!isAccountName(account.name)) {
      throw invalidInput([
        {
          field: 'username',
          message: accountNameRule,
        },
      ]);
    }
    if (!isEmailAddress(account.email)) {
      throw invalidInput([{ field: 'email', message: 'must be an e-mail address' }]);
    }
    const entity = manager.create(AccountEntity, {
      name: account.name,
      email: account.email,
      emailVerifiedAt: null,
      disabledAt: null,
      deletedAt: null,
      passwordHash: account.password,
      isAdministrator: account.administrator ?? false,
      reservedNameAllowed: account.reservedNameAllowed ?? false,
    });
    try {
      await manager.insert(AccountEntity, entity);
    } catch (error) {
      if (isConstraintViolation(error, 'account_name_key')) throw nameTaken(account.name);
      if (isConstraintViolation(error, 'reserved_name')) throw nameReserved(account.name);
      throw error;
    }
    return toAccount(entity);
  }

  /** Finds the account of that name, in any case of letters; also a deleted or disabled one, whose name stays taken. */
  async find(typed: string): Promise<Account | undefined> {
    const name = foldCase(typed);
    if (!isAccountName(name)) return undefined;
    const account = await this.accounts.findOneBy({ name });
    return account === null ? undefined : toAccount(account);
  }

  /**
   * Lists accounts, newest first, older than the one with the id `before`, at most `limit`; with `q` those whose name or
   * e-mail address contains it, in any case of letters.
   */
  async list(page: { before?: string; q?: string; limit: number }): Promise<Account[]> {
    const older = page.before === undefined ? {} : { id: LessThan(page.before) };
    const text = page.q === undefined ? undefined : ILike(`%${page.q.replace(/[\\%_]/g, '\\$&')}%`);
    const accounts = await this.accounts.find({
      where:
        text === undefined
          ? older
          : [
              { ...older, name: text },
              { ...older, email: text },
            ],
      order: { id: 'DESC' },
      take: page.limit,
    });
    return accounts.map(toAccount);
  }
}
