import type { Fact } from '@central-index/platform/jobs';

/** Something of a repository changed that others may see, or it came or went. */
export const repositoryChanged = (repositoryId: string): Fact => ({
  type: 'repository.changed',
  ids: { repositoryId },
  gathered: true,
});

/** A repository was deleted: what it holds at its registry is still there. */
export const repositoryRemoved = (repositoryId: string): Fact => ({
  type: 'repository.removed',
  ids: { repositoryId },
});

/** A batch of repositories was taken over from elsewhere; `repositoryIds` are joined by commas. */
export const repositoriesImported = (repositoryIds: readonly string[]): Fact => ({
  type: 'repositories.imported',
  ids: { repositoryIds: repositoryIds.join(',') },
});
