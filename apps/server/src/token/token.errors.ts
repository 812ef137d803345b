import { defineError } from '@central-index/platform/errors';

/** 400: the `account` parameter and the credentials name different accounts. */
export const accountMismatch = defineError({
  code: 'ACCOUNT_MISMATCH',
  status: 400,
  description: 'The account parameter of a token request and its credentials name different accounts.',
  message: () => 'the account parameter is not the account that the credentials belong to',
});
