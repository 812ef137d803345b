import { defineError } from '@central-index/platform/errors';

/** 409 for a name that is in use in its namespace. */
export const repositoryExists = defineError({
  code: 'REPOSITORY_EXISTS',
  status: 409,
  description: 'The namespace has a repository of that name.',
  message: (name: string) => `the repository ${name} exists already`,
});

/** 409 for the name of a deleted repository, which only a push restores. */
export const repositoryIsDeleted = defineError({
  code: 'REPOSITORY_DELETED',
  status: 409,
  description: 'A repository of that name was deleted; a push by the owner of the namespace restores it.',
  message: (name: string) => `the repository ${name} was deleted; push to it to restore it`,
});
