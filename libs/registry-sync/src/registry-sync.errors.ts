import { defineError } from '@central-index/platform/errors';

/** 409 for reconciling a v1 registry, which cannot be asked what it holds. */
export const reconcileUnsupported = defineError({
  code: 'RECONCILE_UNSUPPORTED',
  status: 409,
  description: 'A v1 registry has no list of what it holds, so it cannot be reconciled.',
  message: (name: string) => `the registry ${name} speaks v1 and cannot be asked what it holds`,
});

/** 409 for a move that cannot be done, with the reason. */
export const repositoryNotMoved = defineError({
  code: 'REPOSITORY_NOT_MOVED',
  status: 409,
  description: 'The repository cannot be moved to another registry; the message says why.',
  message: (name: string, why: string) => `${name} was not moved: ${why}`,
});

/** 409 for a tag that stays, with the reason. */
export const tagNotDeleted = defineError({
  code: 'TAG_NOT_DELETED',
  status: 409,
  description:
    'The registry cannot delete this tag, or deleting it would take other tags along; nothing was changed.',
  message: (name: string, why: string) => `the tag ${name} was not deleted: ${why}`,
});
