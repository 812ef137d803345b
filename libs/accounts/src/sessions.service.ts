import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { AuditService } from '@central-index/audit';
import { Database } from '@central-index/platform/database';
import type { Repository } from 'typeorm';
import { toAccount, type Account, type SignedIn } from './identity';
import { hashSecret, randomCookie } from './secrets';
import { SessionEntity } from './session.entity';
import { deleteEndedSessions, selectSession } from './sessions.queries';

const absoluteMs = 14 * 24 * 3_600_000;
const idleMs = 2 * 24 * 3_600_000;
const lastSeenResolutionMs = 60_000;

/** Sign-ins of browsers: 14 days at most, 2 days without use. All of an account's end when its password changes. */
@Injectable()
export class SessionsService {
  constructor(
    private readonly database: Database,
    @InjectRepository(SessionEntity) private readonly sessions: Repository<SessionEntity>,
    private readonly audit: AuditService,
  ) {}

  /** Starts a session. Its secret is 256 random bits, of which only the hash is kept. */
  async start(account: Account, address: string): Promise<{ secret: string; expiresAt: Date }> {
    const secret = randomCookie();
    const expiresAt = new Date(Date.now() + absoluteMs);
    await this.database.transaction(async (manager) => {
      await manager.insert(SessionEntity, {
        accountId: account.id,
        secretHash: hashSecret(secret),
        expiresAt,
      });
      await this.database.execute(deleteEndedSessions, [account.id, new Date(Date.now() - idleMs)], manager);
      await this.audit.record(manager, {
        action: 'session.started',
        actor: { name: account.name, address },
        subjectType: 'account',
        subject: account.name,
      });
    });
    return { secret, expiresAt };
  }

  /** Whose session this is; undefined if it is none, or over. */
  async resume(secret: string): Promise<SignedIn | undefined> {
    const idle = new Date(Date.now() - idleMs);
    const session = await this.database.queryOne(selectSession, [hashSecret(secret), idle]);
    if (session === undefined) return undefined;
    if (Date.now() - session.lastSeenAt.getTime() > lastSeenResolutionMs) {
      await this.sessions.update({ id: session.sessionId }, { lastSeenAt: new Date() });
    }
    return { kind: 'account', account: toAccount(session), via: 'session' };
  }

  /** Ends a session; nothing happens if there is none. */
  async end(secret: string): Promise<void> {
    await this.sessions.delete({ secretHash: hashSecret(secret) });
  }
}
