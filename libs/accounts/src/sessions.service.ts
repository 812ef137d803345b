import { Injectable } from '@nestjs/common';
import { AuditService } from '@central-index/audit';
import { Database } from '@central-index/platform/database';
import { AccountEntity } from './account.entity';
import { toAccount, type Account, type SignedIn } from './identity';
import { hashSecret, randomCookie } from './secrets';
import { SessionEntity } from './session.entity';

const absoluteMs = 14 * 24 * 3_600_000;
const idleMs = 2 * 24 * 3_600_000;
const lastSeenResolutionMs = 60_000;

/** Sign-ins of browsers: 14 days at most, 2 days without use. All of an account's end when its password changes. */
@Injectable()
export class SessionsService {
  constructor(
    private readonly database: Database,
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
      await manager.query(
        'delete from session where account_id = $1 and (expires_at < now() or last_seen_at < $2)',
        [account.id, new Date(Date.now() - idleMs)],
      );
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
    const session = await this.database.manager
      .createQueryBuilder(SessionEntity, 'session')
      .innerJoinAndMapOne('session.owner', AccountEntity, 'owner', 'owner.id = session.accountId')
      .where('session.secretHash = :hash', { hash: hashSecret(secret) })
      .andWhere('session.expiresAt > now() and session.lastSeenAt > :idle', {
        idle: new Date(Date.now() - idleMs),
      })
      .andWhere('owner.disabledAt is null')
      .getOne();
    if (session === null) return undefined;
    if (Date.now() - session.lastSeenAt.getTime() > lastSeenResolutionMs) {
      await this.database.manager.update(SessionEntity, { id: session.id }, { lastSeenAt: new Date() });
    }
    const { owner } = session as SessionEntity & { owner: AccountEntity };
    return { kind: 'account', account: toAccount(owner), via: 'session' };
  }

  /** Ends a session; nothing happens if there is none. */
  async end(secret: string): Promise<void> {
    await this.database.manager.delete(SessionEntity, { secretHash: hashSecret(secret) });
  }
}
