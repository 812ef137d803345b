import { defineError } from '@central-index/platform/errors';

/** 400 for a scope that is not `type:name:actions`, or for more scopes than one token may have. */
export const invalidScope = defineError({
  code: 'INVALID_SCOPE',
  status: 400,
  description: 'A scope is not of the form type:name:action,action, or the request has too many of them.',
  message: (reason: string) => `invalid scope: ${reason}`,
});

/** 400 for a `service` that is no registry's. The message does not repeat it, because it comes from the caller. */
export const unknownService = defineError({
  code: 'UNKNOWN_SERVICE',
  status: 400,
  description: 'No registry with this service name is registered with the index.',
  message: () => 'unknown service: no registry of that name is registered here',
});

/** 403 for a push that belongs elsewhere: to another registry, path or name of the caller, or to builds only. */
export const pushRefused = defineError({
  code: 'PUSH_REFUSED',
  status: 403,
  description:
    'The caller may push the image, but not in the way or under the name requested; the message says how.',
  message: (message: string) => message,
});

/** 409 while there are registries that would reject every token of the next authority. */
export const authorityNotTrusted = defineError({
  code: 'AUTHORITY_NOT_TRUSTED',
  status: 409,
  description: 'Not every registry trusts the next certificate authority yet.',
  message: (registries: readonly string[]) =>
    `not trusted yet by ${registries.join(', ')}: put the output of \`central-index keys export\` where their ` +
    'rootcertbundle is and restart them, then run this again',
});

/** 409 for the rotation of the key of a registry that trusts the authority, and so every key under it. */
export const registryHasNoKey = defineError({
  code: 'REGISTRY_HAS_NO_KEY',
  status: 409,
  description: 'Only registries that trust a single key, as zot does, have one of their own.',
  message: (name: string) =>
    `${name} has no key of its own: it trusts the certificate authority, so \`keys rotate\` without --registry is for it`,
});

/** 401 for a token that this index did not sign, that is for another audience, or that has expired. */
export const invalidToken = defineError({
  code: 'INVALID_TOKEN',
  status: 401,
  description: 'The bearer token was not issued by this index for this service, or it has expired.',
  message: () => 'invalid token',
});
