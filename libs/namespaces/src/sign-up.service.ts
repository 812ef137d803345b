import {
  AccountsService,
  InvitesService,
  CreationRateLimits,
  nameTaken,
  type Account,
} from '@central-index/accounts';
import { AuditService, type Actor } from '@central-index/audit';
import { foldCase, isNamespaceName } from '@central-index/naming';
import { CONFIG, type Config } from '@central-index/platform/config';
import { Database } from '@central-index/platform/database';
import { Inject, Injectable } from '@nestjs/common';
import { inviteRequired, signUpClosed } from './namespaces.errors';
import { NamespacesService } from './namespaces.service';

/** The form of a sign-up. */
export interface SignUp {
  readonly username: string;
  readonly email: string;
  readonly password: string;
  /** The code of an invitation; required while SIGN_UP is `invite`. */
  readonly invite?: string;
}

/** Creates accounts, each with the namespace of its name, in one transaction. */
@Injectable()
export class SignUpService {
  constructor(
    private readonly database: Database,
    private readonly accounts: AccountsService,
    private readonly invites: InvitesService,
    private readonly limits: CreationRateLimits,
    private readonly namespaces: NamespacesService,
    private readonly audit: AuditService,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /**
   * Creates an account. Throws NAME_TAKEN before any other rule, mode or limit applies: old clients sign up in order to
   * sign in, and continue only after that error. Then, in this order: SIGN_UP_CLOSED, INVITE_REQUIRED,
   * TOO_MANY_REQUESTS, and errors in the fields.
   */
  async signUp(person: SignUp, from: { readonly address: string }): Promise<Account> {
    const { username: name, email, password, invite } = person;
    await this.refuseTaken(name);
    const { signUp: mode } = this.config.accounts;
    if (mode === 'closed') throw signUpClosed();
    if (mode === 'invite' && invite === undefined) throw inviteRequired();
    await this.limits.consume('sign-up', from.address);
    const hashed = await this.accounts.preparePassword(password, { name, email });
    return this.database.transaction(async (manager) => {
      const account = await this.accounts.create(manager, { name, email, password: hashed });
      await this.namespaces.create(manager, { name, ownerId: account.id, origin: 'sign-up' });
      if (mode === 'invite') await this.invites.redeem(manager, invite ?? '', account);
      await this.audit.record(manager, {
        action: 'account.signed-up',
        actor: { name, address: from.address },
        subjectType: 'account',
        subject: name,
      });
      return account;
    });
  }

  /** Creates an administrator's account, whatever SIGN_UP is; reserved names are allowed. */
  async createAdministrator(
    person: { readonly name: string; readonly email: string; readonly password: string },
    actor: Actor,
  ): Promise<Account> {
    const { name, email, password } = person;
    await this.refuseTaken(name);
    const hashed = await this.accounts.preparePassword(password, { name, email });
    const reservedNameAllowed = true;
    return this.database.transaction(async (manager) => {
      const account = await this.accounts.create(manager, {
        name,
        email,
        password: hashed,
        administrator: true,
        reservedNameAllowed,
      });
      await this.namespaces.create(manager, {
        name,
        ownerId: account.id,
        origin: 'administrator',
        reservedNameAllowed,
      });
      await this.audit.record(manager, {
        action: 'administrator.created',
        actor,
        subjectType: 'account',
        subject: name,
      });
      return account;
    });
  }

  /** True if a name is in use, in any case of letters: of an account or a namespace, deleted ones included. */
  async isTaken(typed: string): Promise<boolean> {
    const name = foldCase(typed);
    if (!isNamespaceName(name)) return false;
    const [account, namespace] = await Promise.all([this.accounts.find(name), this.namespaces.find(name)]);
    return account !== undefined || namespace !== undefined;
  }

  // Only so that this error comes first. Of two concurrent sign-ups the database's constraint refuses one.
  private async refuseTaken(name: string): Promise<void> {
    if (isNamespaceName(name) && (await this.isTaken(name))) throw nameTaken(name);
  }
}
