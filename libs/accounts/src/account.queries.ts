import type { AccountEntity } from './account.entity';

/** The columns that are read of the account that a credential belongs to. */
export type OwnerRow = Pick<
  AccountEntity,
  | 'id'
  | 'name'
  | 'email'
  | 'emailVerifiedAt'
  | 'isAdministrator'
  | 'disabledAt'
  | 'createdAt'
  | 'passwordChangedAt'
>;

/** The columns of `OwnerRow`, from `account owner`. */
export const ownerColumns = `owner.id, owner.name, owner.email, owner.email_verified_at as "emailVerifiedAt",
  owner.is_administrator as "isAdministrator", owner.disabled_at as "disabledAt", owner.created_at as "createdAt",
  owner.password_changed_at as "passwordChangedAt"`;

/**
 * SQL of a subquery: the id of the account, unless it is disabled or its password was changed after `passwordChangedAt`.
 * Every statement that writes what follows from a password selects its owner from this one. The lock orders it against a
 * change of the password: either that change sees what the statement wrote, or the statement sees the change. `share`
 * lets statements of one account run concurrently, `no key update` does not.
 */
export const currentOwnerSql = (
  accountId: string,
  passwordChangedAt: string,
  lock: 'share' | 'no key update' = 'share',
): string =>
  `(select id from account where id = ${accountId} and password_changed_at = ${passwordChangedAt}
     and disabled_at is null for ${lock})`;
