import { defineError } from '@central-index/platform/errors';

/** A scope that is not `type:name:actions`, or more of them than one token may hold. */
export const invalidScope = defineError({
  code: 'INVALID_SCOPE',
  status: 400,
  description: 'A scope is not of the form type:name:action,action, or too much is asked at once.',
  message: (why: string) => `invalid scope: ${why}`,
});

/** The `service` of a token request that names no registry. It is not repeated: it comes from the caller. */
export const unknownService = defineError({
  code: 'UNKNOWN_SERVICE',
  status: 400,
  description: 'No registry with this service name is registered with the index.',
  message: () => 'unknown service: no registry of that name is registered here',
});

/** The caller owns the name, but not there, not under that spelling, or not by hand. */
export const pushRefused = defineError({
  code: 'PUSH_REFUSED',
  status: 403,
  description: 'The caller may push to this repository, but not in the way asked; the message says how.',
  message: (why: string) => why,
});

/** Registries that would refuse every token if the next authority took over now. */
export const authorityNotTrusted = defineError({
  code: 'AUTHORITY_NOT_TRUSTED',
  status: 409,
  description: 'Not every registry believes tokens under the next certificate authority yet.',
  message: (registries: readonly string[]) =>
    `not trusted yet by ${registries.join(', ')}: put the output of \`central-index keys export\` where their ` +
    'rootcertbundle is and restart them, then run this again',
});

/** A token that this index did not sign, or not for this use, or whose time is over. */
export const invalidToken = defineError({
  code: 'INVALID_TOKEN',
  status: 401,
  description: 'The bearer token was not issued by this index for this service, or it has expired.',
  message: () => 'invalid token',
});
