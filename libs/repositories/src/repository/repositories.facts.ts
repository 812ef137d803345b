import { defineFact } from '@central-index/platform/jobs';

/** A repository was created or deleted, or changed in what others can see of it. */
export const repositoryChanged = defineFact<{ repositoryId: string }>('repository.changed', {
  batched: true,
});

/** A repository was deleted; its images are still stored at its registry. */
export const repositoryDeletedFact = defineFact<{ repositoryId: string }>('repository.deleted');

/** A batch of repositories was imported or changed by an import. */
export const repositoriesImported = defineFact<{ repositoryIds: readonly string[] }>('repositories.imported');
