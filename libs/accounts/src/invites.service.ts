import { Injectable } from '@nestjs/common';
import { AuditService, type Actor } from '@central-index/audit';
import { Database } from '@central-index/platform/database';
import { invalidInput } from '@central-index/platform/errors';
import type { EntityManager } from 'typeorm';
import { inviteInvalid } from './accounts.errors';
import { isEmailAddress } from './email-address';
import type { Account } from './identity';
import { InviteEntity } from './invite.entity';
import { redeemInvite } from './invites.queries';
import { hashSecret, randomBase62 } from './secrets';

const lifetimeMs = 7 * 24 * 3_600_000;

/** Invitations to sign up, each usable once, within seven days. */
@Injectable()
export class InvitesService {
  constructor(
    private readonly database: Database,
    private readonly audit: AuditService,
  ) {}

  /** Creates an invitation, restricted to an e-mail address if given. Its code is returned here and not stored. */
  async create(
    { email }: { readonly email?: string },
    actor: Actor,
  ): Promise<{ code: string; email: string | null; expiresAt: Date }> {
    if (email !== undefined && !isEmailAddress(email)) {
      throw invalidInput([{ field: 'email', message: 'must be an e-mail address' }]);
    }
    const code = randomBase62(24);
    const expiresAt = new Date(Date.now() + lifetimeMs);
    await this.database.transaction(async (manager) => {
      const invite = manager.create(InviteEntity, {
        secretHash: hashSecret(code),
        email: email ?? null,
        createdBy: actor.name ?? '',
        expiresAt,
      });
      await manager.insert(InviteEntity, invite);
      await this.audit.record(manager, {
        action: 'invite.created',
        actor,
        subjectType: 'invite',
        subject: invite.id,
      });
    });
    return { code, email: email ?? null, expiresAt };
  }

  /** Uses an invitation for a new account, in the transaction that creates it. Throws INVITE_INVALID. */
  async redeem(manager: EntityManager, code: string, account: Account): Promise<void> {
    const values = [hashSecret(code), account.id, account.email ?? ''];
    const redeemed = await this.database.execute(redeemInvite, values, manager);
    if (redeemed !== 1) throw inviteInvalid();
  }
}
