import { defineError } from '@central-index/platform/errors';

/** 401 for every failed sign-in: it does not reveal whether the name exists, is disabled or has another password. */
export const invalidCredentials = defineError({
  code: 'INVALID_CREDENTIALS',
  status: 401,
  description: 'Name and password (or access token) are not those of an account.',
  message: () => 'incorrect username or password',
});

/** 403 for the right password of a disabled account, where the protocol has a response for that. */
export const accountNotActive = defineError({
  code: 'ACCOUNT_NOT_ACTIVE',
  status: 403,
  description: 'The password is right, and the account is disabled. Only the v1 protocol reports it.',
  message: () => 'Account is not active',
});

/** 401 for a sign-in by e-mail address; docker prints the message unchanged. */
export const emailAsUserName = defineError({
  code: 'EMAIL_AS_USERNAME',
  status: 401,
  description:
    'An e-mail address was sent as the user name. No account has such a name, so nothing was verified.',
  message: () => 'use your user name, not the e-mail address',
});

/** 401 for an access token that has expired. Only a caller that sent the whole secret gets it. */
export const accessTokenExpired = defineError({
  code: 'ACCESS_TOKEN_EXPIRED',
  status: 401,
  description: 'The access token was valid until its expiry, which the message contains.',
  message: (expiresAt: Date) =>
    `this access token expired on ${expiresAt.toISOString().slice(0, 16).replace('T', ' at ')} UTC: create another one`,
});

/** 401 for a refresh token that is not valid, whatever the reason; docker prints the message unchanged. */
export const refreshTokenInvalid = defineError({
  code: 'REFRESH_TOKEN_INVALID',
  status: 401,
  description: 'The refresh token is unknown, expired, revoked, or for another service.',
  message: () => 'this login is no longer valid here: log in again',
});

/** 429 after too many wrong passwords; docker prints the message unchanged. */
export const tooManyAttempts = defineError({
  code: 'TOO_MANY_ATTEMPTS',
  status: 429,
  description:
    'Too many wrong passwords came from this address or for this account. Access tokens still work.',
  message: (whatToDo: string) => `too many wrong passwords: ${whatToDo}, or use an access token`,
});

/** 429 for operations that were repeated too often, such as sign-ups. `what` states the limit. */
export const tooManyRequests = defineError({
  code: 'TOO_MANY_REQUESTS',
  status: 429,
  description: 'The operation was repeated too often in too short a time; the message states the limit.',
  message: (what: string, whatToDo: string) => `too many ${what}: ${whatToDo}`,
});

/** 409: the account stores as many access tokens, or patterns of them, as it may. */
export const accessTokenLimit = defineError({
  code: 'ACCESS_TOKEN_LIMIT',
  status: 409,
  description: 'The account has 100 access tokens, expired ones included, or 100 kB of their patterns.',
  message: (limit: string) => `an account may have ${limit}: delete some first, expired ones count as well`,
});

/** 409: an account or a namespace has that name, or one that looks like it. */
export const nameTaken = defineError({
  code: 'NAME_TAKEN',
  status: 409,
  description: 'The name, or one that looks like it, is in use already.',
  message: (name: string) => `the name ${name} is taken, or looks like one that is`,
});

/** 409: the name cannot be used to sign up. */
export const nameReserved = defineError({
  code: 'NAME_RESERVED',
  status: 409,
  description: 'The name, or one that looks like it, is reserved.',
  message: (name: string) => `the name ${name} is reserved`,
});

/** 403: the code is unknown, used, expired, or meant for another address. */
export const inviteInvalid = defineError({
  code: 'INVITE_INVALID',
  status: 403,
  description: 'The invitation is unknown, used, expired or meant for another e-mail address.',
  message: () => 'the invitation is not valid, or no longer valid',
});

/** 404 for a token that sets a password: unknown, used, expired, or older than the last change of the account. */
export const passwordResetInvalid = defineError({
  code: 'PASSWORD_RESET_INVALID',
  status: 404,
  description: 'The link to set a password is unknown, used or expired, or the account has changed since.',
  message: () => 'this link is not valid, or no longer valid: ask an administrator for another one',
});

/** 409 for a repeated form whose first submission takes long. */
export const formInProgress = defineError({
  code: 'FORM_IN_PROGRESS',
  status: 409,
  description: 'The same form was submitted before, and that submission has not ended yet.',
  message: () => 'this form was sent before and is still being handled: look at the result in a moment',
});

/** 409 for what administrators cannot do to their own account. */
export const ownAccount = defineError({
  code: 'OWN_ACCOUNT',
  status: 409,
  description: 'Administrators cannot disable or delete their own account, or revoke their own role.',
  message: () => 'this is your own account: another administrator can do it',
});

/** 409 for what cannot be done with an account that was deleted. */
export const accountIsDeleted = defineError({
  code: 'ACCOUNT_DELETED',
  status: 409,
  description: 'The account was deleted, which is permanent.',
  message: (name: string) => `the account "${name}" was deleted, which is permanent`,
});
