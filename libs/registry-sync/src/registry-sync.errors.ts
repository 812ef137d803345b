import { defineError } from '@central-index/platform/errors';

/** 409: the repository cannot be moved, for that reason. */
export const repositoryNotMoved = defineError({
  code: 'REPOSITORY_NOT_MOVED',
  status: 409,
  description: 'The repository cannot be moved to another registry; the message says why.',
  message: (name: string, reason: string) => `${name} was not moved: ${reason}`,
});

/** 409: the tag was not deleted, for that reason. */
export const tagNotDeleted = defineError({
  code: 'TAG_NOT_DELETED',
  status: 409,
  description: 'The registry cannot delete this tag, or only together with other tags; nothing was changed.',
  message: (name: string, reason: string) => `the tag ${name} was not deleted: ${reason}`,
});
