import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { AuditService } from '@central-index/audit';
import { ChangeListener, Database, InvalidatingCache } from '@central-index/platform/database';
import { invalidInput, notFound } from '@central-index/platform/errors';
import { LessThan, IsNull, type EntityManager, type Repository } from 'typeorm';
import { AccessTokenEntity } from './access-token.entity';
import {
  deleteAccessToken,
  insertAccessToken,
  selectAccessToken,
  selectAccessTokenUsage,
  touchAccessToken,
  updateAccessToken,
  type AccessTokenRow,
} from './access-tokens.queries';
import { accessTokenExpired, accessTokenLimit, invalidCredentials } from './accounts.errors';
import { toAccount, type Account, type Permission, type SignedIn } from './identity';
import { replacedUse } from './last-use';
import { isPersonalToken, newPersonalToken } from './personal-token';
import { hashSecret } from './secrets';

/** A new token: the restrictions that it puts on its owner's rights. */
export interface NewAccessToken {
  readonly label: string;
  readonly permissions: readonly Permission[];
  /** Patterns, see `isRepositoryPattern`. */
  readonly repositories: readonly string[];
  /** Null for a token that does not expire. */
  readonly expiresAt: Date | null;
}

/** Changes to a token: what is undefined stays as it is. */
export interface AccessTokenChanges {
  readonly label?: string;
  /** Null for a token that does not expire. */
  readonly expiresAt?: Date | null;
}

/** A token as its owner sees it; the token itself is not stored. */
export interface AccessTokenRecord extends NewAccessToken {
  readonly id: string;
  readonly lastUsedAt: Date | null;
  readonly createdAt: Date;
}

/** A token, which may have expired, and the identity that it authenticates until then. */
interface AuthenticatedToken {
  readonly token: Pick<AccessTokenRow, 'tokenId' | 'expiresAt'> & { lastUsedAt: Date | null };
  readonly identity: SignedIn;
}

// What one account may store.
const maxTokens = 100;
const maxPatternBytes = 100_000;

/** Personal access tokens: machines sign in with them instead of with the password. */
@Injectable()
export class AccessTokensService {
  private readonly cache: InvalidatingCache<AuthenticatedToken>;

  constructor(
    private readonly database: Database,
    @InjectRepository(AccessTokenEntity) private readonly tokens: Repository<AccessTokenEntity>,
    private readonly audit: AuditService,
    changes: ChangeListener,
  ) {
    this.cache = new InvalidatingCache(changes, { lifetimeMs: 60_000, capacity: 10_000 });
  }

  /**
   * Creates a token. Its secret is returned here and not stored. Throws INVALID_CREDENTIALS if the password that the caller
   * signed in with has changed since, or ACCESS_TOKEN_LIMIT.
   */
  async create(
    { account: owner, passwordChangedAt }: SignedIn,
    token: NewAccessToken,
    address: string,
  ): Promise<AccessTokenRecord & { readonly secret: string }> {
    const secret = newPersonalToken();
    const record = await this.database.transaction(async (manager) => {
      const { label, permissions, repositories, expiresAt } = token;
      const inserted = await this.database.queryOne(
        insertAccessToken,
        [
          owner.id,
          passwordChangedAt ?? null,
          label,
          hashSecret(secret),
          permissions,
          repositories,
          expiresAt,
        ],
        manager,
      );
      if (inserted === undefined) throw invalidCredentials();
      await this.requireWithinBounds(manager, owner);
      await this.audit.record(manager, {
        action: 'access-token.created',
        actor: { name: owner.name, address },
        subjectType: 'access-token',
        subject: inserted.id,
        detail: { permissions, repositories },
      });
      return { ...inserted, label, permissions, repositories, expiresAt, lastUsedAt: null };
    });
    return { ...record, secret };
  }

  /** Lists the owner's tokens, newest first, older than the id `before`: expired ones too, but no revoked ones. */
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

  /** One of the owner's tokens, an expired one too. Throws NOT_FOUND. */
  async find(owner: Account, id: string): Promise<AccessTokenRecord> {
    const token = await this.tokens.findOneBy({ id, accountId: owner.id, revokedAt: IsNull() });
    if (token === null) throw notFound('access token', id);
    return toRecord(token);
  }

  /**
   * Changes label or expiry of the owner's token; when this returns, every process knows the expiry. What has expired stays
   * expired: its owner may have stopped protecting it. Throws NOT_FOUND, VALIDATION_FAILED.
   */
  async update(
    { account, passwordChangedAt }: SignedIn,
    id: string,
    { label, expiresAt }: AccessTokenChanges,
    address: string,
  ): Promise<AccessTokenRecord> {
    await this.database.transaction(async (manager) => {
      const values = [
        id,
        account.id,
        passwordChangedAt ?? null,
        label ?? null,
        expiresAt !== undefined,
        expiresAt ?? null,
      ];
      if ((await this.database.queryOne(updateAccessToken, values, manager)) === undefined) {
        const { expiresAt: end } = await this.find(account, id);
        if (end === null || end.getTime() > Date.now()) throw invalidCredentials();
        throw invalidInput([
          { field: 'expires_at', message: 'the token has expired already: create a new one' },
        ]);
      }
      await this.audit.record(manager, {
        action: 'access-token.changed',
        actor: { name: account.name, address },
        subjectType: 'access-token',
        subject: id,
        detail: { expires_at: expiresAt?.toISOString() ?? null },
      });
    });
    return this.find(account, id);
  }

  /** Deletes the owner's token with its refresh tokens; when this returns, no process accepts it. Throws NOT_FOUND. */
  async revoke({ account, passwordChangedAt }: SignedIn, id: string, address: string): Promise<void> {
    await this.database.transaction(async (manager) => {
      const values = [id, account.id, passwordChangedAt ?? null];
      const revoked = await this.database.execute(deleteAccessToken, values, manager);
      if (revoked !== 1) throw notFound('access token', id);
      await this.audit.record(manager, {
        action: 'access-token.revoked',
        actor: { name: account.name, address },
        subjectType: 'access-token',
        subject: id,
      });
    });
  }

  /**
   * Returns the token's owner and its restrictions. Throws ACCESS_TOKEN_EXPIRED to a caller that has the whole secret of
   * an expired token, and INVALID_CREDENTIALS for any other text: a token is looked up by the hash of all its characters.
   */
  async authenticate(secret: string, address: string): Promise<SignedIn> {
    if (!isPersonalToken(secret)) throw invalidCredentials();
    const hash = hashSecret(secret);
    const authenticated = this.cache.get(hash.toString('base64')) ?? (await this.read(hash));
    const { token } = authenticated;
    const { expiresAt } = token;
    if (expiresAt !== null && expiresAt.getTime() <= Date.now()) throw accessTokenExpired(expiresAt);
    await this.touchLastUsed(token, authenticated.identity.account, address);
    return authenticated.identity;
  }

  // After the insertion, which has locked the account: of concurrent ones, each counts those before it.
  private async requireWithinBounds(manager: EntityManager, owner: Account): Promise<void> {
    const usage = await this.database.queryOne(selectAccessTokenUsage, [owner.id], manager);
    const { tokens = 0, patternBytes = 0 } = usage ?? {};
    if (tokens > maxTokens) throw accessTokenLimit(`${maxTokens} access tokens`);
    if (patternBytes > maxPatternBytes) {
      throw accessTokenLimit(`${maxPatternBytes / 1000} kB of repository patterns`);
    }
  }

  private async read(hash: Buffer): Promise<AuthenticatedToken> {
    const commit = this.cache.beginFill();
    const row = await this.database.queryOne(selectAccessToken, [hash]);
    if (row === undefined) throw invalidCredentials();
    const { tokenId, permissions, repositories, expiresAt, lastUsedAt } = row;
    const authenticated: AuthenticatedToken = {
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
    commit(hash.toString('base64'), authenticated, [`account:${row.id}`]);
    return authenticated;
  }

  private async touchLastUsed(
    token: AuthenticatedToken['token'],
    owner: Account,
    address: string,
  ): Promise<void> {
    const { tokenId, lastUsedAt } = token;
    const threshold = replacedUse(lastUsedAt);
    if (threshold === undefined) return;
    await this.database.transaction(async (manager) => {
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
