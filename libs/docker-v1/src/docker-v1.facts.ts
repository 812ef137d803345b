import { defineFact } from '@central-index/platform/jobs';

/** A client ended a push to a v1 registry, which sends no events: its tags are to be read. `at` is an ISO 8601 time. */
export const v1Pushed = defineFact<{ repositoryId: string; accountId: string; at: string }>(
  'docker-v1.pushed',
);

/** The time has passed in which the deletion of a repository on a v1 registry could be confirmed. */
export const v1DeletionExpired = defineFact<{ repositoryId: string }>('docker-v1.deletion-expired');
