import type { Jobs } from '@central-index/platform/jobs';
import type { EntityManager } from 'typeorm';
import { AccessTokenEntity } from './access-token.entity';
import type { AccountEntity } from './account.entity';
import { accountDeleted } from './accounts.facts';
import type { Account } from './identity';
import { PasswordResetEntity } from './password-reset.entity';
import { RefreshTokenEntity } from './refresh-token.entity';
import { SessionEntity } from './session.entity';
import { SignInAddressEntity } from './sign-in-address.entity';

/** What a deleted account has in the columns of a person. The row stays, so that its name can never be used again. */
export function erasedColumns(): Partial<AccountEntity> {
  const now = new Date();
  return {
    email: null,
    emailVerifiedAt: null,
    passwordHash: null,
    isAdministrator: false,
    disabledAt: now,
    deletedAt: now,
  };
}

/** True for an account that was deleted, not only disabled: every other account has an e-mail address. */
export function isDeleted({ disabled, email }: Account): boolean {
  return disabled && email === null;
}

/** Deletes everything with which an erased account could sign in, and lets a job end what belongs to it. */
export async function finishErasure(manager: EntityManager, jobs: Jobs, accountId: string): Promise<void> {
  for (const entity of [
    SessionEntity,
    RefreshTokenEntity,
    AccessTokenEntity,
    SignInAddressEntity,
    PasswordResetEntity,
  ]) {
    await manager.delete(entity, { accountId });
  }
  await jobs.emit(manager, accountDeleted({ accountId }));
}
