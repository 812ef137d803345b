import { Injectable } from '@nestjs/common';
import { AuditService } from '@central-index/audit';
import { Database } from '@central-index/platform/database';
import { notFound } from '@central-index/platform/errors';
import { LessThan, MoreThan } from 'typeorm';
import { AccessTokenEntity } from './access-token.entity';
import { AccountEntity } from './account.entity';
import { badCredentials, loginOver } from './accounts.errors';
import { toAccount, type Account, type SignedIn } from './identity';
import { IdentityTokenEntity } from './refresh-token.entity';
import { SecretFormat } from './secret-format';
import { hashSecret } from './secrets';

/** A kept login as its owner sees it. */
export interface IdentityTokenRecord {
  readonly id: string;
  /** The service of the registry that it is for. */
  readonly service: string;
  /** What the client calls itself, such as `docker`. */
  readonly client: string;
  /** Where the login was made from. */
  readonly address: string;
  /** True when it was made with an access token, whose limits it has. */
  readonly byAccessToken: boolean;
  readonly expiresAt: Date;
  readonly lastUsedAt: Date | null;
  readonly createdAt: Date;
}

const lifetimeMs = 90 * 24 * 3_600_000;
const lastUseResolutionMs = 60_000;
const format = new SecretFormat('ci_idt_');

type Owned = IdentityTokenEntity & { owner: AccountEntity; maker: AccessTokenEntity | null };

/**
 * Identity tokens: what `docker login` keeps instead of the password (the `refresh_token` of the distribution token
 * specification). One is for one account and one service, lives 90 days and no longer, and is never rotated, because
 * docker does not store a new one. Every one of an account ends when its password changes.
 */
@Injectable()
export class IdentityTokensService {
  constructor(
    private readonly database: Database,
    private readonly audit: AuditService,
  ) {}

  /**
   * Makes one for a caller who has just shown a password or an access token; the answer is the secret. Refused with
   * BAD_CREDENTIALS when the password has changed since.
   */
  async create(
    owner: SignedIn,
    login: { readonly service: string; readonly client: string; readonly address: string },
  ): Promise<string> {
    const secret = format.create();
    await this.database.transaction(async (manager) => {
      // The lock makes a change of the password wait, which then ends this one too, or shows that it came before.
      const [made] = await this.database.rows<{ id: string }>(
        `insert into identity_token (account_id, access_token_id, secret_hash, service, client, address, expires_at)
         select id, $2, $3, $4, $5, $6, $7 from
           (select id from account where id = $1 and password_changed_at = $8 and disabled_at is null for share) as owner
         returning id`,
        [
          owner.account.id,
          owner.ceiling?.tokenId ?? null,
          hashSecret(secret),
          login.service,
          login.client,
          login.address,
          new Date(Date.now() + lifetimeMs),
          owner.passwordChangedAt ?? null,
        ],
        manager,
      );
      if (made === undefined) throw badCredentials();
      await this.audit.record(manager, {
        action: 'identity-token.created',
        actor: { name: owner.account.name, address: login.address },
        subjectType: 'identity-token',
        subject: made.id,
        detail: { service: login.service, client: login.client },
      });
    });
    return secret;
  }

  /** Whose login this is at this service, and what it may do at most; LOGIN_OVER if it opens nothing (any more). */
  async authenticate(secret: string, service: string): Promise<SignedIn> {
    if (!format.isWellFormed(secret)) throw loginOver();
    const token = (await this.database.manager
      .createQueryBuilder(IdentityTokenEntity, 'token')
      .innerJoinAndMapOne('token.owner', AccountEntity, 'owner', 'owner.id = token.accountId')
      .leftJoinAndMapOne('token.maker', AccessTokenEntity, 'maker', 'maker.id = token.accessTokenId')
      .where('token.secretHash = :hash', { hash: hashSecret(secret) })
      .andWhere('token.service = :service and token.expiresAt > now()', { service })
      .andWhere('owner.disabledAt is null')
      .andWhere(
        `(token.accessTokenId is null or
          (maker.revokedAt is null and (maker.expiresAt is null or maker.expiresAt > now())))`,
      )
      .getOne()) as Owned | null;
    if (token === null) throw loginOver();
    await this.noteUse(token);
    const { owner, maker } = token;
    return {
      kind: 'account',
      account: toAccount(owner),
      via: 'token',
      passwordChangedAt: owner.passwordChangedAt,
      ...(maker !== null && {
        ceiling: { tokenId: maker.id, permissions: maker.permissions, repositories: maker.repositories },
      }),
    };
  }

  /** The owner's logins, newest first, older than the id `before`; expired ones are gone. */
  async list(owner: Account, page: { before?: string; limit: number }): Promise<IdentityTokenRecord[]> {
    const tokens = await this.database.manager.find(IdentityTokenEntity, {
      where: {
        accountId: owner.id,
        expiresAt: MoreThan(new Date()),
        ...(page.before !== undefined && { id: LessThan(page.before) }),
      },
      order: { id: 'DESC' },
      take: page.limit,
    });
    return tokens.map(toRecord);
  }

  /** Ends one of the owner's logins; from the moment this returns nothing accepts it. */
  async revoke(owner: Account, id: string, address: string): Promise<void> {
    await this.database.transaction(async (manager) => {
      const { affected } = await manager.delete(IdentityTokenEntity, { id, accountId: owner.id });
      if (affected !== 1) throw notFound('login');
      await this.audit.record(manager, {
        action: 'identity-token.revoked',
        actor: { name: owner.name, address },
        subjectType: 'identity-token',
        subject: id,
      });
    });
  }

  /** Ends all of the owner's logins. */
  async revokeAll(owner: Account, address: string): Promise<void> {
    await this.database.transaction(async (manager) => {
      const { affected } = await manager.delete(IdentityTokenEntity, { accountId: owner.id });
      await this.audit.record(manager, {
        action: 'identity-token.all-revoked',
        actor: { name: owner.name, address },
        subjectType: 'account',
        subject: owner.name,
        detail: { count: affected ?? 0 },
      });
    });
  }

  /** Forgets those that have expired. Run by the clock. */
  async forgetExpired(): Promise<void> {
    await this.database.manager.query('delete from identity_token where expires_at < now()');
  }

  // At most one write a minute for a login, however often its client asks.
  private async noteUse({ id, lastUsedAt }: IdentityTokenEntity): Promise<void> {
    if (lastUsedAt !== null && Date.now() - lastUsedAt.getTime() < lastUseResolutionMs) return;
    await this.database.manager.query(
      'update identity_token set last_used_at = now() where id = $1 and (last_used_at is null or last_used_at <= $2)',
      [id, new Date(Date.now() - lastUseResolutionMs)],
    );
  }
}

/** True for a secret that means to be an identity token, which is then never tried as a password. */
export function looksLikeIdentityToken(secret: string): boolean {
  return format.isMeant(secret);
}

function toRecord(entity: IdentityTokenEntity): IdentityTokenRecord {
  const { id, service, client, address, accessTokenId, expiresAt, lastUsedAt, createdAt } = entity;
  return {
    id,
    service,
    client,
    address,
    byAccessToken: accessTokenId !== null,
    expiresAt,
    lastUsedAt,
    createdAt,
  };
}
