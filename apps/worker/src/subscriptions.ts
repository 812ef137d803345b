import type { INestApplicationContext } from '@nestjs/common';
import type { Subscriptions } from '@central-index/platform/jobs';
import { RemovalsService, ReportsService } from '@central-index/repositories';
import { SearchSync } from '@central-index/search';

/** The one list of what follows from what: fact (or plain job) to its handlers. */
export function subscriptions(context: INestApplicationContext): Subscriptions {
  const reports = context.get(ReportsService, { strict: false });
  const removals = context.get(RemovalsService, { strict: false });
  const searchSync = context.get(SearchSync, { strict: false });
  return {
    'registry.reported': {
      apply: ({ registryId }) => reports.apply(registryId!),
    },
    'registry.overflowed': {
      readAgain: ({ registryId }) => reports.readAgain(registryId!),
    },
    'repository.changed': {
      search: ({ repositoryId }) => searchSync.sync([repositoryId!]),
    },
    'repository.removed': {
      deleteImages: ({ repositoryId }) => removals.deleteImages(repositoryId!),
    },
    'repositories.imported': {
      search: ({ repositoryIds }) => searchSync.sync(repositoryIds!.split(',')),
    },
  };
}
