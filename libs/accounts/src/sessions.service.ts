import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { AuditService } from '@central-index/audit';
import { Database } from '@central-index/platform/database';
import type { Repository } from 'typeorm';
import { invalidCredentials } from './accounts.errors';
import { toAccount, type SignedIn } from './identity';
import { hashSecret, randomCookie } from './secrets';
import { SessionEntity } from './session.entity';
import { deleteExpiredSessions, insertSession, selectSession } from './sessions.queries';

const lifetimeMs = 14 * 24 * 3_600_000;
const idleTimeoutMs = 2 * 24 * 3_600_000;
const lastSeenResolutionMs = 60_000;

/** Sessions of browsers. They end after 14 days, after 2 days without use, or when the password changes. */
@Injectable()
export class SessionsService {
  constructor(
    private readonly database: Database,
    @InjectRepository(SessionEntity) private readonly sessions: Repository<SessionEntity>,
    private readonly audit: AuditService,
  ) {}

  /**
   * Starts a session for a caller that has just signed in. Its secret is 256 random bits, of which only the hash is
   * stored. Throws INVALID_CREDENTIALS if the password has changed since.
   */
  async start(
    { account, passwordChangedAt }: SignedIn,
    address: string,
  ): Promise<{ secret: string; expiresAt: Date }> {
    const secret = randomCookie();
    const expiresAt = new Date(Date.now() + lifetimeMs);
    await this.database.transaction(async (manager) => {
      const session = await this.database.queryOne(
        insertSession,
        [account.id, passwordChangedAt ?? null, hashSecret(secret), expiresAt],
        manager,
      );
      if (session === undefined) throw invalidCredentials();
      await this.database.execute(deleteExpiredSessions, [account.id, idleThreshold()], manager);
      await this.audit.record(manager, {
        action: 'session.started',
        actor: { name: account.name, address },
        subjectType: 'account',
        subject: account.name,
      });
    });
    return { secret, expiresAt };
  }

  /** Returns whose session this is; undefined if there is none, or it has expired. */
  async resume(secret: string): Promise<SignedIn | undefined> {
    const session = await this.database.queryOne(selectSession, [hashSecret(secret), idleThreshold()]);
    if (session === undefined) return undefined;
    if (Date.now() - session.lastSeenAt.getTime() > lastSeenResolutionMs) {
      await this.sessions.update({ id: session.sessionId }, { lastSeenAt: new Date() });
    }
    return {
      kind: 'account',
      account: toAccount(session),
      via: 'session',
      passwordChangedAt: session.passwordChangedAt,
    };
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
