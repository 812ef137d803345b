import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { AuditService } from '@central-index/audit';
import { Database } from '@central-index/platform/database';
import { notFound } from '@central-index/platform/errors';
import { LessThan, MoreThan, type Repository } from 'typeorm';
import { invalidCredentials, refreshTokenInvalid } from './accounts.errors';
import { CreationRateLimits } from './creation-rate-limits';
import { toAccount, type Account, type SignedIn } from './identity';
import { replacedUse } from './last-use';
import { RefreshTokenEntity } from './refresh-token.entity';
import {
  deleteRefreshToken,
  deleteRefreshTokensOfOwner,
  deleteUnusedRefreshTokens,
  insertRefreshToken,
  selectRefreshToken,
  touchRefreshToken,
  type RefreshTokenRow,
} from './refresh-tokens.queries';
import { SecretFormat } from './secret-format';
import { hashSecret } from './secrets';

/** A refresh token as its owner sees it. */
export interface RefreshTokenRecord {
  readonly id: string;
  /** The service of the registry that it is valid for. */
  readonly service: string;
  /** The name that the client reports for itself, such as `docker`. */
  readonly client: string;
  /** IP address of the login. */
  readonly address: string;
  /** True when it was created with an access token, whose restrictions apply to it. */
  readonly byAccessToken: boolean;
  readonly expiresAt: Date;
  readonly lastUsedAt: Date | null;
  readonly createdAt: Date;
}

const lifetimeMs = 90 * 24 * 3_600_000;
// Each machine that `docker login` was run on has one.
const maxPerAccount = 500;
const format = new SecretFormat('ci_idt_');

/**
 * Refresh tokens (`refresh_token` in the distribution token specification): `docker login` stores one instead of the
 * password. A token is valid for one account and one service, for 90 days. It is not rotated, because docker does not
 * store a new one. A change of the password revokes all tokens of the account. An account has 500 at most: a new one
 * replaces the one that was unused for longest.
 */
@Injectable()
export class RefreshTokensService {
  constructor(
    private readonly database: Database,
    @InjectRepository(RefreshTokenEntity) private readonly tokens: Repository<RefreshTokenEntity>,
    private readonly audit: AuditService,
    private readonly limits: CreationRateLimits,
  ) {}

  /**
   * Creates a token for a caller that has just signed in with a password or an access token; returns its secret. Throws
   * INVALID_CREDENTIALS if the password has changed since, or TOO_MANY_REQUESTS.
   */
  async create(
    owner: SignedIn,
    login: { readonly service: string; readonly client: string; readonly address: string },
  ): Promise<string> {
    const secret = format.create();
    await this.limits.count('login', owner.account.id, () =>
      this.database.transaction(async (manager) => {
        const token = await this.database.queryOne(
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
        if (token === undefined) throw invalidCredentials();
        await this.database.execute(deleteUnusedRefreshTokens, [owner.account.id, maxPerAccount], manager);
        await this.audit.record(manager, {
          action: 'refresh-token.created',
          actor: { name: owner.account.name, address: login.address },
          subjectType: 'refresh-token',
          subject: token.id,
          detail: { service: login.service, client: login.client },
        });
      }),
    );
    return secret;
  }

  /** Returns the token's owner and its restrictions. Throws REFRESH_TOKEN_INVALID unless it is valid at the service. */
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

  /** Lists the owner's tokens, newest first, older than the id `before`, without expired ones. */
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

  /** Revokes one of the owner's tokens; when this returns, no process accepts it. Throws NOT_FOUND. */
  async revoke({ account, passwordChangedAt }: SignedIn, id: string, address: string): Promise<void> {
    await this.database.transaction(async (manager) => {
      const values = [id, account.id, passwordChangedAt ?? null];
      const revoked = await this.database.execute(deleteRefreshToken, values, manager);
      if (revoked !== 1) throw notFound('login', id);
      await this.audit.record(manager, {
        action: 'refresh-token.revoked',
        actor: { name: account.name, address },
        subjectType: 'refresh-token',
        subject: id,
      });
    });
  }

  /** Revokes all of the owner's tokens. */
  async revokeAll({ account, passwordChangedAt }: SignedIn, address: string): Promise<void> {
    await this.database.transaction(async (manager) => {
      const values = [account.id, passwordChangedAt ?? null];
      const count = await this.database.execute(deleteRefreshTokensOfOwner, values, manager);
      await this.audit.record(manager, {
        action: 'refresh-token.all-revoked',
        actor: { name: account.name, address },
        subjectType: 'account',
        subject: account.name,
        detail: { count },
      });
    });
  }

  private async touchLastUsed({ tokenId, lastUsedAt }: RefreshTokenRow): Promise<void> {
    const threshold = replacedUse(lastUsedAt);
    if (threshold !== undefined) await this.database.execute(touchRefreshToken, [tokenId, threshold]);
  }
}

/** True for a secret with the prefix of refresh tokens, which is then never tried as a password. */
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
