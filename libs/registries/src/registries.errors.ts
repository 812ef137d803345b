import { defineError } from '@central-index/platform/errors';

/** 409: a registry of that name, service or host exists. */
export const registryExists = defineError({
  code: 'REGISTRY_EXISTS',
  status: 409,
  description: 'Another registry has this name, service or host.',
  message: (field: 'name' | 'service' | 'host', value: string) =>
    `another registry has the ${field} ${value}`,
});

/** 409: the registry to be removed has repositories placed on it. */
export const registryInUse = defineError({
  code: 'REGISTRY_IN_USE',
  status: 409,
  description: 'Repositories are placed on this registry, so it cannot be removed unless they are orphaned.',
  message: (name: string) => `repositories are placed on the registry ${name}; orphan them to remove it`,
});

/** 401: a notification without the right secret. Does not disclose whether the registry exists. */
export const notificationUnauthorized = defineError({
  code: 'NOTIFICATION_UNAUTHORIZED',
  status: 401,
  description: 'A notification must carry the secret of the registry that it is for.',
  message: () => 'authentication required',
});

/** 503: the registry does not respond, or not in time. A retry may help. */
export const registryUnreachable = defineError({
  code: 'REGISTRY_UNREACHABLE',
  status: 503,
  description: 'The registry does not respond.',
  message: (name: string) => `the registry ${name} cannot be reached`,
});

/** 502: the registry rejected the index's own token. */
export const registryUnauthorized = defineError({
  code: 'REGISTRY_UNAUTHORIZED',
  status: 502,
  description: "The registry rejects the index's own token; its configuration does not match the index.",
  message: (name: string) =>
    `the registry ${name} rejects the index's token: does its configuration contain the fragment?`,
});

/** 502: the registry's response violates the specification. A retry does not help. */
export const registryInvalidResponse = defineError({
  code: 'REGISTRY_INVALID_RESPONSE',
  status: 502,
  description: 'The registry stores or returns something that the distribution specification does not allow.',
  message: (name: string, reason: string) => `the registry ${name} sent an invalid response: ${reason}`,
});

/** 502: the registry, or a proxy in front of it, responded with an error. A retry may help. */
export const registryError = defineError({
  code: 'REGISTRY_ERROR',
  status: 502,
  description: 'The registry, or a proxy in front of it, responds with an error of its own.',
  message: (name: string) => `the registry ${name} responded with an error`,
});

/** 502: the registry does not take this content, by its own rules. A retry does not help. */
export const registryRejected = defineError({
  code: 'REGISTRY_REJECTED',
  status: 502,
  description: 'The registry does not accept the content, by its own rules or its configuration.',
  message: (name: string, reason: string) => `the registry ${name} does not accept it: ${reason}`,
});
