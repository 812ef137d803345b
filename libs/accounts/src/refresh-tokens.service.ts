import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { AuditService } from '@central-index/audit';
import { Database } from '@central-index/platform/database';
import { notFound } from '@central-index/platform/errors';
import { LessThan, MoreThan, type Repository } from 'typeorm';
import { invalidCredentials, refreshTokenInvalid } from './accounts.errors';
import { toAccount, type Account, type SignedIn } from './identity';
import { RefreshTokenEntity } from './refresh-token.entity';
import {
  deleteExpiredRefreshTokens,
  insertRefreshToken,
  selectRefreshToken,
  touchRefreshToken,
  type RefreshTokenRow,
} from './refresh-tokens.queries';
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

/**
 * Identity tokens: what `docker login` keeps instead of the password (the `refresh_token` of the distribution token
 * specification). One is for one account and one service, lives 90 days and no longer, and is never rotated, because
 * docker does not store a new one. Every one of an account ends when its password changes.
 */
@Injectable()
export class RefreshTokensService {
  constructor(
    private readonly database: Database,
    @InjectRepository(RefreshTokenEntity) private readonly tokens: Repository<RefreshTokenEntity>,
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
      const made = await this.database.queryOne(
        insertRefreshToken,
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
    const token = await this.database.queryOne(selectRefreshToken, [hashSecret(secret), service]);
    if (token === undefined) throw refreshTokenInvalid();
    await this.touchLastUsed(token);
    const { makerId, permissions, repositories } = token;
    return {
      kind: 'account',
      account: toAccount(token),
      via: 'token',
      passwordChangedAt: token.passwordChangedAt,
      ...(makerId !== null && {
        restrictions: { tokenId: makerId, permissions: permissions ?? [], repositories: repositories ?? [] },
      }),
    };
  }

  /** The owner's logins, newest first, older than the id `before`; expired ones are gone. */
  async list(owner: Account, page: { before?: string; limit: number }): Promise<RefreshTokenRecord[]> {
    const tokens = await this.tokens.find({
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
    await this.database.execute(deleteExpiredRefreshTokens);
  }

  // At most one write a minute for a login, however often its client asks.
  private async touchLastUsed({ tokenId, lastUsedAt }: RefreshTokenRow): Promise<void> {
    if (lastUsedAt !== null && Date.now() - lastUsedAt.getTime() < lastUseResolutionMs) return;
    const threshold = new Date(Date.now() - lastUseResolutionMs);
    await this.database.execute(touchRefreshToken, [tokenId, threshold]);
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
