import { defineError } from '@central-index/platform/errors';

/** The route has no access rule: a mistake of ours, refused all the same. */
export const noAccessRule = defineError({
  code: 'DENIED',
  status: 403,
  description: 'The caller may not do this.',
  message: () => 'access to this is denied',
});

/** No credentials where some are needed. */
export const signInNeeded = defineError({
  code: 'UNAUTHORIZED',
  status: 401,
  description: 'The request needs credentials and brought none that count here.',
  message: () => 'authentication required',
});
