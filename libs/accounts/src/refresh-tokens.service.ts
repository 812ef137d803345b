import { Injectable } from '@nestjs/common';
import { AuditService } from '@central-index/audit';
import { Database } from '@central-index/platform/database';
import { notFound } from '@central-index/platform/errors';
import { LessThan, MoreThan } from 'typeorm';
import { AccessTokenEntity } from './access-token.entity';
import { AccountEntity } from './account.entity';
import { invalidCredentials, refreshTokenInvalid } from './accounts.errors';
import { toAccount, type Account, type SignedIn } from './identity';
import { RefreshTokenEntity } from './refresh-token.entity';
import { SecretFormat } from './secret-format';
import { hashSecret } from './secrets';

/** A kept login as its owner sees it. */
export interface RefreshTokenRecord {
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

type Owned = RefreshTokenEntity & { owner: AccountEntity; maker: AccessTokenEntity | null };

/**
 * Identity tokens: what `docker login` keeps instead of the password (the `refresh_token` of the distribution token
 * specification). One is for one account and one service, lives 90 days and no longer, and is never rotated, because
 * docker does not store a new one. Every one of an account ends when its password changes.
 */
@Injectable()
export class RefreshTokensService {
  constructor(
    private readonly database: Database,
    private readonly audit: AuditService,
  ) {}

  /**
   * Makes one for a caller who has just shown a password or an access token; the answer is the secret. Refused with
   * INVALID_CREDENTIALS when the password has changed since.
   */
  async create(
    owner: SignedIn,
    login: { readonly service: string; readonly client: string; readonly address: string },
  ): Promise<string> {
    const secret = format.create();
    await this.database.transaction(async (manager) => {
      // The lock makes a change of the password wait, which then ends this one too, or shows that it came before.
      const [made] = await this.database.rows<{ id: string }>(
        `insert into refresh_token (account_id, access_token_id, secret_hash, service, client, address, expires_at)
         select id, $2, $3, $4, $5, $6, $7 from
           (select id from account where id = $1 and password_changed_at = $8 and disabled_at is null for share) as owner
         returning id`,
        [
          owner.account.id,
          owner.restrictions?.tokenId ?? null,
          hashSecret(secret),
          login.service,
          login.client,
          login.address,
          new Date(Date.now() + lifetimeMs),
          owner.passwordChangedAt ?? null,
        ],
        manager,
      );
      if (made === undefined) throw invalidCredentials();
      await this.audit.record(manager, {
        action: 'refresh-token.created',
        actor: { name: owner.account.name, address: login.address },
        subjectType: 'refresh-token',
        subject: made.id,
        detail: { service: login.service, client: login.client },
      });
    });
    return secret;
  }

  /** Whose login this is at this service, and what it may do at most; REFRESH_TOKEN_INVALID if it opens nothing (any more). */
  async authenticate(secret: string, service: string): Promise<SignedIn> {
    if (!format.isWellFormed(secret)) throw refreshTokenInvalid();
    const token = (await this.database.manager
      .createQueryBuilder(RefreshTokenEntity, 'token')
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
    if (token === null) throw refreshTokenInvalid();
    await this.touchLastUsed(token);
    const { owner, maker } = token;
    return {
      kind: 'account',
      account: toAccount(owner),
      via: 'token',
      passwordChangedAt: owner.passwordChangedAt,
      ...(maker !== null && {
        restrictions: { tokenId: maker.id, permissions: maker.permissions, repositories: maker.repositories },
      }),
    };
  }

  /** The owner's logins, newest first, older than the id `before`; expired ones are gone. */
  async list(owner: Account, page: { before?: string; limit: number }): Promise<RefreshTokenRecord[]> {
    const tokens = await this.database.manager.find(RefreshTokenEntity, {
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
      const { affected } = await manager.delete(RefreshTokenEntity, { id, accountId: owner.id });
      if (affected !== 1) throw notFound('login');
      await this.audit.record(manager, {
        action: 'refresh-token.revoked',
        actor: { name: owner.name, address },
        subjectType: 'refresh-token',
        subject: id,
      });
    });
  }

  /** Ends all of the owner's logins. */
  async revokeAll(owner: Account, address: string): Promise<void> {
    await this.database.transaction(async (manager) => {
      const { affected } = await manager.delete(RefreshTokenEntity, { accountId: owner.id });
      await this.audit.record(manager, {
        action: 'refresh-token.all-revoked',
        actor: { name: owner.name, address },
        subjectType: 'account',
        subject: owner.name,
        detail: { count: affected ?? 0 },
      });
    });
  }

  /** Forgets those that have expired. Run by the clock. */
  async purgeExpired(): Promise<void> {
    await this.database.manager.query('delete from refresh_token where expires_at < now()');
  }

  // At most one write a minute for a login, however often its client asks.
  private async touchLastUsed({ id, lastUsedAt }: RefreshTokenEntity): Promise<void> {
    if (lastUsedAt !== null && Date.now() - lastUsedAt.getTime() < lastUseResolutionMs) return;
    await this.database.manager.query(
      'update refresh_token set last_used_at = now() where id = $1 and (last_used_at is null or last_used_at <= $2)',
      [id, new Date(Date.now() - lastUseResolutionMs)],
    );
  }
}

/** True for a secret that means to be an refresh token, which is then never tried as a password. */
export function looksLikeRefreshToken(secret: string): boolean {
  return format.hasPrefix(secret);
}

function toRecord(entity: RefreshTokenEntity): RefreshTokenRecord {
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
