import {
  AccountsService,
  InvitesService,
  CreationRateLimits,
  nameTaken,
  type Account,
} from '@central-index/accounts';
import { AuditService, type Actor } from '@central-index/audit';
import { isNamespaceName } from '@central-index/naming';
import { CONFIG, type Config } from '@central-index/platform/config';
import { Database } from '@central-index/platform/database';
import { Inject, Injectable } from '@nestjs/common';
import { inviteRequired, signUpClosed } from './namespaces.errors';
import { NamespacesService } from './namespaces.service';

/** What a person gives to sign up. */
export interface SignUp {
  readonly username: string;
  readonly email: string;
  readonly password: string;
  /** The code of an invitation; needed where SIGN_UP is `invite`. */
  readonly invite?: string;
}

/** Makes accounts, each with the namespace of its name, in one transaction. */
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
   * Signs a person up. A name that exists is NAME_TAKEN before any other rule, mode or limit: old clients sign up in
   * order to sign in, and go on only at that answer. Then SIGN_UP_CLOSED, INVITE_REQUIRED, TOO_MANY_REQUESTS, and what
   * is wrong with the fields.
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

  /** Makes an administrator's account, whatever SIGN_UP says; its name may be a reserved one. */
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

  // Only to answer before other rules do: two sign-ups at once are settled by the database.
  private async refuseTaken(name: string): Promise<void> {
    if (!isNamespaceName(name)) return;
    const [account, namespace] = await Promise.all([this.accounts.find(name), this.namespaces.find(name)]);
    if (account !== undefined || namespace !== undefined) throw nameTaken(name);
  }
}
