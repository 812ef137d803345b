import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { AuditService } from '@central-index/audit';
import { ChangeListener, Database, InvalidatingCache } from '@central-index/platform/database';
import { notFound } from '@central-index/platform/errors';
import { LessThan, IsNull, type Repository } from 'typeorm';
import { AccessTokenEntity } from './access-token.entity';
import {
  revokeAccessToken,
  selectAccessToken,
  touchAccessToken,
  type AccessTokenRow,
} from './access-tokens.queries';
import { invalidCredentials } from './accounts.errors';
import { toAccount, type Account, type Permission, type SignedIn } from './identity';
import { isPersonalToken, newPersonalToken } from './personal-token';
import { hashSecret } from './secrets';

/** What a new token may do at most. */
export interface NewAccessToken {
  readonly label: string;
  readonly permissions: readonly Permission[];
  /** Patterns, see `isRepositoryPattern`. */
  readonly repositories: readonly string[];
  /** Null for a token that does not expire. */
  readonly expiresAt: Date | null;
}

/** A token as its owner sees it; the token itself is not kept. */
export interface AccessTokenRecord extends NewAccessToken {
  readonly id: string;
  readonly lastUsedAt: Date | null;
  readonly createdAt: Date;
}

/** A token that opened something, and to whom. */
interface OpenedToken {
  readonly token: Pick<AccessTokenRow, 'tokenId' | 'expiresAt'> & { lastUsedAt: Date | null };
  readonly identity: SignedIn;
}

const lastUseResolutionMs = 60_000;

/** Personal access tokens: what machines sign in with instead of the password. */
@Injectable()
export class AccessTokensService {
  private readonly opened: InvalidatingCache<OpenedToken>;

  constructor(
    private readonly database: Database,
    @InjectRepository(AccessTokenEntity) private readonly tokens: Repository<AccessTokenEntity>,
    private readonly audit: AuditService,
    changes: ChangeListener,
  ) {
    this.opened = new InvalidatingCache(changes, { lifetimeMs: 60_000, capacity: 10_000 });
  }

  /** Makes a token. Its secret is in this answer and nowhere else. */
  async create(
    owner: Account,
    token: NewAccessToken,
    address: string,
  ): Promise<AccessTokenRecord & { readonly secret: string }> {
    const secret = newPersonalToken();
    const record = await this.database.transaction(async (manager) => {
      const entity = manager.create(AccessTokenEntity, {
        accountId: owner.id,
        label: token.label,
        secretHash: hashSecret(secret),
        permissions: [...token.permissions],
        repositories: [...token.repositories],
        expiresAt: token.expiresAt,
        lastUsedAt: null,
      });
      await manager.insert(AccessTokenEntity, entity);
      await this.audit.record(manager, {
        action: 'access-token.created',
        actor: { name: owner.name, address },
        subjectType: 'access-token',
        subject: entity.id,
        detail: { permissions: token.permissions, repositories: token.repositories },
      });
      return toRecord(entity);
    });
    return { ...record, secret };
  }

  /** The owner's tokens, newest first, older than the id `before`; revoked ones are gone, expired ones are listed. */
  async list(owner: Account, page: { before?: string; limit: number }): Promise<AccessTokenRecord[]> {
    const tokens = await this.tokens.find({
      where: {
        accountId: owner.id,
        revokedAt: IsNull(),
        ...(page.before !== undefined && { id: LessThan(page.before) }),
      },
      order: { id: 'DESC' },
      take: page.limit,
    });
    return tokens.map(toRecord);
  }

  /** Revokes the owner's token; from the moment this returns nothing accepts it. */
  async revoke(owner: Account, id: string, address: string): Promise<void> {
    await this.database.transaction(async (manager) => {
      const revoked = await this.database.execute(revokeAccessToken, [id, owner.id, new Date()], manager);
      if (revoked !== 1) throw notFound('access token');
      await this.audit.record(manager, {
        action: 'access-token.revoked',
        actor: { name: owner.name, address },
        subjectType: 'access-token',
        subject: id,
      });
    });
  }

  /** Whose token this is, and what it may do at most; INVALID_CREDENTIALS if it opens nothing (any more). */
  async authenticate(secret: string, address: string): Promise<SignedIn> {
    if (!isPersonalToken(secret)) throw invalidCredentials();
    const hash = hashSecret(secret);
    const opened = this.opened.get(hash.toString('base64')) ?? (await this.open(hash));
    const { token } = opened;
    if (token.expiresAt !== null && token.expiresAt.getTime() <= Date.now()) throw invalidCredentials();
    await this.touchLastUsed(token, opened.identity.account, address);
    return opened.identity;
  }

  private async open(hash: Buffer): Promise<OpenedToken> {
    const keep = this.opened.beginFill();
    const row = await this.database.queryOne(selectAccessToken, [hash]);
    if (row === undefined) throw invalidCredentials();
    const { tokenId, permissions, repositories, expiresAt, lastUsedAt } = row;
    const opened: OpenedToken = {
      token: { tokenId, expiresAt, lastUsedAt },
      identity: {
        kind: 'account',
        account: toAccount(row),
        via: 'token',
        passwordChangedAt: row.passwordChangedAt,
        ...(expiresAt !== null && { credentialExpiresAt: expiresAt }),
        restrictions: { tokenId, permissions, repositories },
      },
    };
    keep(hash.toString('base64'), opened, [`account:${row.id}`]);
    return opened;
  }

  // At most one write a minute for a token, however often a build server calls.
  private async touchLastUsed(token: OpenedToken['token'], owner: Account, address: string): Promise<void> {
    const { tokenId, lastUsedAt } = token;
    if (lastUsedAt !== null && Date.now() - lastUsedAt.getTime() < lastUseResolutionMs) return;
    await this.database.transaction(async (manager) => {
      // The condition again, so that of many requests at once only one writes.
      const threshold = new Date(Date.now() - lastUseResolutionMs);
      const touched = await this.database.execute(touchAccessToken, [tokenId, threshold], manager);
      if (touched !== 1 || lastUsedAt !== null) return;
      await this.audit.record(manager, {
        action: 'access-token.first-used',
        actor: { name: owner.name, address },
        subjectType: 'access-token',
        subject: tokenId,
      });
    });
    token.lastUsedAt = new Date();
  }
}

function toRecord(entity: AccessTokenEntity): AccessTokenRecord {
  const { id, label, permissions, repositories, expiresAt, lastUsedAt, createdAt } = entity;
  return { id, label, permissions, repositories, expiresAt, lastUsedAt, createdAt };
}
