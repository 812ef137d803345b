import type { INestApplicationContext } from '@nestjs/common';
import type { Subscriptions } from '@central-index/platform/jobs';
import { SearchSync } from '@central-index/search';

/** The one list of what follows from what: fact (or plain job) to its handlers. */
export function subscriptions(context: INestApplicationContext): Subscriptions {
  const searchSync = context.get(SearchSync, { strict: false });
  return {
    'repository.changed': {
      search: ({ repositoryId }) => searchSync.sync([repositoryId!]),
    },
    'repositories.imported': {
      search: ({ repositoryIds }) => searchSync.sync(repositoryIds!.split(',')),
    },
  };
}
