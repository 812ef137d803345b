import { defineError } from '@central-index/platform/errors';

/** 401 for every failed sign-in alike: whether the name exists, is disabled or has another password is not told. */
export const invalidCredentials = defineError({
  code: 'INVALID_CREDENTIALS',
  status: 401,
  description: 'Name and password (or access token) do not open an account.',
  message: () => 'incorrect username or password',
});

/** 401 for an refresh token that opens nothing, whatever the reason; docker prints the message as it is. */
export const refreshTokenInvalid = defineError({
  code: 'REFRESH_TOKEN_INVALID',
  status: 401,
  description: 'The refresh token is unknown, expired, revoked, or for another service.',
  message: () => 'this login is no longer valid here: log in again',
});

/** 429 after too many wrong passwords; docker prints the message as it is. */
export const tooManyAttempts = defineError({
  code: 'TOO_MANY_ATTEMPTS',
  status: 429,
  description:
    'Too many wrong passwords came from this address or for this account. Access tokens go on working.',
  message: (whatToDo: string) => `too many wrong passwords: ${whatToDo}, or use an access token`,
});

/** 429 for what is done too often, such as sign-ups. */
export const tooManyRequests = defineError({
  code: 'TOO_MANY_REQUESTS',
  status: 429,
  description: 'This was done too often in too short a time.',
  message: (what: string, whatToDo: string = 'please try again later') => `too many ${what}, ${whatToDo}`,
});

/** 409: an account or a namespace has that name, or one that looks like it. */
export const nameTaken = defineError({
  code: 'NAME_TAKEN',
  status: 409,
  description: 'The name, or one that looks like it, belongs to somebody already.',
  message: (name: string) => `the name ${name} is taken, or looks like one that is`,
});

/** 409: nobody may sign up with that name. */
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
  message: () => 'the invitation is not valid (any more)',
});
