import { defineError } from '@central-index/platform/errors';

/** A registry of that name, service or host exists. */
export const registryExists = defineError({
  code: 'REGISTRY_EXISTS',
  status: 409,
  description: 'Another registry has this name, service or host.',
  message: (field: 'name' | 'service' | 'host', value: string) =>
    `another registry has the ${field} ${value}`,
});

/** Repositories lie on the registry that was to be removed. */
export const registryInUse = defineError({
  code: 'REGISTRY_IN_USE',
  status: 409,
  description: 'Repositories are placed on this registry, so it cannot be removed unless they are orphaned.',
  message: (name: string) => `repositories are placed on the registry ${name}; orphan them to remove it`,
});

/** A report came without the right secret; says nothing of whether the registry exists. */
export const notificationUnauthorized = defineError({
  code: 'NOTIFICATION_UNAUTHORIZED',
  status: 401,
  description: 'A report must carry the secret of the registry that it is for.',
  message: () => 'authentication required',
});

/** The registry cannot be asked just now: it is down or slow. */
export const registryUnreachable = defineError({
  code: 'REGISTRY_UNREACHABLE',
  status: 503,
  description: 'The registry does not answer.',
  message: (name: string) => `the registry ${name} cannot be reached just now`,
});

/** The registry did not believe the index's own token. */
export const registryUnauthorized = defineError({
  code: 'REGISTRY_UNAUTHORIZED',
  status: 502,
  description: "The registry refuses the index's own token; its configuration does not match the index.",
  message: (name: string) =>
    `the registry ${name} refuses the index's token: is the fragment in its configuration?`,
});

/** The registry answered with something that cannot be read or believed. */
export const registryInvalidResponse = defineError({
  code: 'REGISTRY_INVALID_RESPONSE',
  status: 502,
  description: 'The registry holds or says something that the distribution specification does not allow.',
  message: (name: string, why: string) => `the registry ${name} answers with something unreadable: ${why}`,
});

/** The registry, or something in its place, answers with a failure; asking again may help. */
export const registryError = defineError({
  code: 'REGISTRY_ERROR',
  status: 502,
  description: 'The registry, or a proxy in front of it, answers with a failure of its own.',
  message: (name: string) => `the registry ${name} answers with a failure just now`,
});
