import { defineError } from '@central-index/platform/errors';

/** 401: no credentials where some are needed. */
export const signInRequired = defineError({
  code: 'UNAUTHORIZED',
  status: 401,
  description: 'The request needs credentials and brought none that count here.',
  message: () => 'authentication required',
});

/** 403: an access token where only its owner in person may act. */
export const accessTokenRefused = defineError({
  code: 'ACCESS_TOKEN_REFUSED',
  status: 403,
  description: 'Accounts and administration take a session or a password, never an access token.',
  message: () => 'this needs your password or a session; access tokens may not do it',
});

/** 403: another site's page made the browser send this. */
export const crossSite = defineError({
  code: 'CROSS_SITE',
  status: 403,
  description: "A browser sent this request on behalf of another site's page.",
  message: () => 'requests from pages of other sites are refused',
});
