import { nameReserved, nameTaken } from '@central-index/accounts';
import { isConstraintViolation } from '@central-index/platform/database';
import { defineError } from '@central-index/platform/errors';

/** 403 while nobody may sign up. */
export const signUpClosed = defineError({
  code: 'SIGN_UP_CLOSED',
  status: 403,
  description: 'Nobody may sign up here by himself.',
  message: () => 'sign-up is closed; ask an administrator for an account',
});

/** 403 for a sign-up without an invitation where one is needed. */
export const inviteRequired = defineError({
  code: 'INVITE_REQUIRED',
  status: 403,
  description: 'Signing up needs an invitation.',
  message: () => 'signing up needs an invitation; ask an administrator for one',
});

/** 409 for the namespace of official repositories, which has no owner. */
export const namespaceNotAssignable = defineError({
  code: 'NAMESPACE_NOT_ASSIGNABLE',
  status: 409,
  description: 'The namespace belongs to the index itself.',
  message: (name: string) => `the namespace ${name} belongs to the index itself`,
});

const takenBy = ['account_name_key', 'namespace_name_key', 'namespace_lookalike_key'];

/** The database's answer about a name in the words of the catalogue; any other error as it is. */
export function toNameError(error: unknown, name: string): unknown {
  if (takenBy.some((constraint) => isConstraintViolation(error, constraint)))
    return nameTaken(name).withPrivateDetail(error);
  if (isConstraintViolation(error, 'reserved_name')) return nameReserved(name).withPrivateDetail(error);
  return error;
}
