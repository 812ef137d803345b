import { defineFact } from '@central-index/platform/jobs';

/** A repository was created or deleted, or something that is shown of it changed. */
export const repositoryChanged = defineFact<{ repositoryId: string }>('repository.changed', {
  batched: true,
});

/** A repository was deleted; its images are still stored at its registry. */
export const repositoryDeleted = defineFact<{ repositoryId: string }>('repository.deleted');

/** An import created or changed a batch of repositories. */
export const repositoriesImported = defineFact<{ repositoryIds: readonly string[] }>('repositories.imported');
