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
