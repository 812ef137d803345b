import { defineError } from '@central-index/platform/errors';

/** 401: the route requires credentials. */
export const signInRequired = defineError({
  code: 'UNAUTHORIZED',
  status: 401,
  description: 'The request has no credentials that this route accepts.',
  message: () => 'authentication required',
});

/** 403: an access token on a route that requires a session or a password. */
export const accessTokenRefused = defineError({
  code: 'ACCESS_TOKEN_REFUSED',
  status: 403,
  description: 'Routes of accounts and administration accept a session or a password, never an access token.',
  message: () => 'this requires your password or a session; access tokens may not do it',
});

/** 403: a page of another site made the browser send the request. */
export const crossSite = defineError({
  code: 'CROSS_SITE',
  status: 403,
  description: "A browser sent this request on behalf of another site's page.",
  message: () => 'requests from pages of other sites are refused',
});
