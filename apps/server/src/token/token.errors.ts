import { defineError } from '@central-index/platform/errors';

/** The `account` parameter names somebody else than the credentials do. */
export const accountMismatch = defineError({
  code: 'ACCOUNT_MISMATCH',
  status: 400,
  description: 'The account parameter of a token request and its credentials name different accounts.',
  message: () => 'the account asked for is not the one that the credentials belong to',
});
