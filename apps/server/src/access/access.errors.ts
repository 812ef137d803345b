import { defineError } from '@central-index/platform/errors';

/** No credentials where some are needed. */
export const signInNeeded = defineError({
  code: 'UNAUTHORIZED',
  status: 401,
  description: 'The request needs credentials and brought none that count here.',
  message: () => 'authentication required',
});
