import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { AuditService } from '@central-index/audit';
import { Database } from '@central-index/platform/database';
import { notFound } from '@central-index/platform/errors';
import { LessThan, MoreThan, type Repository } from 'typeorm';
import { invalidCredentials } from './accounts.errors';
import { CreationRateLimits } from './creation-rate-limits';
import { toAccount, type Account, type SignedIn } from './identity';
import { replacedUse } from './last-use';
import { hashSecret, randomCookie } from './secrets';
import { SessionEntity } from './session.entity';
import {
  deleteExpiredSessions,
  deleteOldestSessions,
  deleteSession,
  deleteSessionsOfOwner,
  insertSession,
  selectSession,
} from './sessions.queries';

const lifetimeMs = 14 * 24 * 3_600_000;
const idleTimeoutMs = 2 * 24 * 3_600_000;
const maxPerAccount = 100;
const maxUserAgentLength = 255;

/** A session as its owner sees it. */
export interface SessionRecord {
  readonly id: string;
  /** IP address of the sign-in; empty if it is unknown. */
  readonly address: string;
  /** Name that the browser sent at the sign-in. */
  readonly userAgent: string;
  readonly createdAt: Date;
  /** To the minute. */
  readonly lastSeenAt: Date;
  readonly expiresAt: Date;
}

/**
 * Sessions of browsers. They end after 14 days, after 2 days without use, when the password changes, or when the account has
 * started 100 newer ones.
 */
@Injectable()
export class SessionsService {
  constructor(
    private readonly database: Database,
    @InjectRepository(SessionEntity) private readonly sessions: Repository<SessionEntity>,
    private readonly audit: AuditService,
    private readonly limits: CreationRateLimits,
  ) {}

  /**
   * Starts a session for a caller that has just signed in. Its secret is 256 random bits, of which only the hash is
   * stored. Throws INVALID_CREDENTIALS if the password has changed since, or TOO_MANY_REQUESTS.
   */
  async start(
    { account, passwordChangedAt }: SignedIn,
    from: { readonly address: string; readonly userAgent?: string },
  ): Promise<{ secret: string; expiresAt: Date }> {
    const secret = randomCookie();
    const expiresAt = new Date(Date.now() + lifetimeMs);
    await this.limits.count('login', account.id, () =>
      this.database.transaction(async (manager) => {
        const session = await this.database.queryOne(
          insertSession,
          [
            account.id,
            passwordChangedAt ?? null,
            hashSecret(secret),
            expiresAt,
            from.address,
            (from.userAgent ?? '').slice(0, maxUserAgentLength),
          ],
          manager,
        );
        if (session === undefined) throw invalidCredentials();
        await this.database.execute(deleteExpiredSessions, [account.id, idleThreshold()], manager);
        await this.database.execute(deleteOldestSessions, [account.id, maxPerAccount], manager);
        await this.audit.record(manager, {
          action: 'session.started',
          actor: { name: account.name, address: from.address },
          subjectType: 'account',
          subject: account.name,
        });
      }),
    );
    return { secret, expiresAt };
  }

  /** Returns whose session this is; undefined if there is none, or it has expired. */
  async resume(secret: string): Promise<SignedIn | undefined> {
    const session = await this.database.queryOne(selectSession, [hashSecret(secret), idleThreshold()]);
    if (session === undefined) return undefined;
    if (replacedUse(session.lastSeenAt) !== undefined) {
      await this.sessions.update({ id: session.sessionId }, { lastSeenAt: new Date() });
    }
    return {
      kind: 'account',
      account: toAccount(session),
      via: 'session',
      passwordChangedAt: session.passwordChangedAt,
      sessionId: session.sessionId,
    };
  }

  /** Lists the owner's sessions, newest first, older than the id `before`, without expired ones. */
  async list(owner: Account, page: { before?: string; limit: number }): Promise<SessionRecord[]> {
    return this.sessions.find({
      select: {
        id: true,
        address: true,
        userAgent: true,
        createdAt: true,
        lastSeenAt: true,
        expiresAt: true,
      },
      where: {
        accountId: owner.id,
        expiresAt: MoreThan(new Date()),
        lastSeenAt: MoreThan(idleThreshold()),
        ...(page.before !== undefined && { id: LessThan(page.before) }),
      },
      order: { id: 'DESC' },
      take: page.limit,
    });
  }

  /** Ends one of the owner's sessions; when this returns, no process accepts it. Throws NOT_FOUND. */
  async endOne({ account, passwordChangedAt }: SignedIn, id: string, address: string): Promise<void> {
    await this.database.transaction(async (manager) => {
      const values = [id, account.id, passwordChangedAt ?? null];
      if ((await this.database.execute(deleteSession, values, manager)) !== 1) throw notFound('session', id);
      await this.audit.record(manager, {
        action: 'session.ended',
        actor: { name: account.name, address },
        subjectType: 'session',
        subject: id,
      });
    });
  }

  /** Ends all of the owner's sessions, the caller's included. */
  async endAll({ account, passwordChangedAt }: SignedIn, address: string): Promise<void> {
    await this.database.transaction(async (manager) => {
      const values = [account.id, passwordChangedAt ?? null];
      const count = await this.database.execute(deleteSessionsOfOwner, values, manager);
      await this.audit.record(manager, {
        action: 'session.all-ended',
        actor: { name: account.name, address },
        subjectType: 'account',
        subject: account.name,
        detail: { count },
      });
    });
  }

  /** Ends a session, if there is one. */
  async end(secret: string): Promise<void> {
    await this.sessions.delete({ secretHash: hashSecret(secret) });
  }
}

// A session that was last used before this has expired.
function idleThreshold(): Date {
  return new Date(Date.now() - idleTimeoutMs);
}
