import { nameReserved, nameTaken } from '@central-index/accounts';
import { isConstraintViolation } from '@central-index/platform/database';
import { defineError } from '@central-index/platform/errors';

/** 403 for a sign-up while `SIGN_UP` is `closed`. */
export const signUpClosed = defineError({
  code: 'SIGN_UP_CLOSED',
  status: 403,
  description: 'Sign-up is closed: administrators create the accounts.',
  message: () => 'sign-up is closed; ask an administrator for an account',
});

/** 403 for a sign-up without an invitation while `SIGN_UP` is `invite`. */
export const inviteRequired = defineError({
  code: 'INVITE_REQUIRED',
  status: 403,
  description: 'Sign-up requires an invitation.',
  message: () => 'sign-up requires an invitation; ask an administrator for one',
});

/** 409 for the namespace of official repositories, which has no owner. */
export const namespaceNotAssignable = defineError({
  code: 'NAMESPACE_NOT_ASSIGNABLE',
  status: 409,
  description: 'The namespace belongs to the index itself.',
  message: (name: string) => `the namespace ${name} belongs to the index itself`,
});

const uniqueNames = ['account_name_key', 'namespace_name_key', 'namespace_lookalike_key'];

/** NAME_TAKEN or NAME_RESERVED for the constraint that an error of the database names; any other error unchanged. */
export function toNameError(error: unknown, name: string): unknown {
  if (uniqueNames.some((constraint) => isConstraintViolation(error, constraint))) {
    return nameTaken(name).withPrivateDetail(error);
  }
  if (isConstraintViolation(error, 'reserved_name')) return nameReserved(name).withPrivateDetail(error);
  return error;
}
