import type { INestApplicationContext } from '@nestjs/common';
import type { Gathered, Subscriptions } from '@central-index/platform/jobs';
import {
  ErrandsService,
  ReconcilerService,
  RemovalsService,
  ReportsService,
  TagRemovalsService,
} from '@central-index/registry-sync';
import { SearchSync } from '@central-index/search';

/** The one list of what follows from what: fact (or plain job) to its handlers. */
export function subscriptions(context: INestApplicationContext): Subscriptions {
  const reports = context.get(ReportsService, { strict: false });
  const reconciler = context.get(ReconcilerService, { strict: false });
  const removals = context.get(RemovalsService, { strict: false });
  const tagRemovals = context.get(TagRemovalsService, { strict: false });
  const errands = context.get(ErrandsService, { strict: false });
  const searchSync = context.get(SearchSync, { strict: false });
  return {
    'registry.reported': {
      apply: ({ registryId }) => reports.apply(registryId!),
    },
    'push.reported-early': {
      look: ({ eventId, look }) => reports.lookAgain(eventId!, Number(look)),
    },
    'registry.overflowed': {
      sweep: ({ registryId }) => reconciler.sweep(registryId!, { full: true }),
    },
    'registry.sweep': {
      sweep: ({ registryId }) => reconciler.sweep(registryId!, { full: false }),
    },
    'registry.sweep-fully': {
      sweep: ({ registryId }) => reconciler.sweep(registryId!, { full: true }),
    },
    'repository.changed': {
      search: ({ repositoryId }) => searchSync.sync([repositoryId!]),
    },
    'repository.removed': {
      deleteImages: ({ repositoryId }) => removals.deleteImages(repositoryId!),
    },
    'repository.left': {
      deleteImages: ({ repositoryId, registryId, registryPath }) =>
        removals.deleteLeft(repositoryId!, registryId!, registryPath!),
    },
    'errand.asked': {
      run: ({ errandId }) => errands.run(errandId!),
    },
    'tag.removal-asked': {
      finish: async ({ repositoryId, tag }) => void (await tagRemovals.finish(repositoryId!, tag!)),
    },
    'repositories.imported': {
      search: ({ repositoryIds }) => searchSync.sync(repositoryIds!.split(',')),
    },
  };
}

/** What follows from facts that are told together; one that fails so, or was stated for later, is a job as above. */
export function gathered(context: INestApplicationContext): Gathered {
  const searchSync = context.get(SearchSync, { strict: false });
  return {
    'repository.changed': (facts) => searchSync.sync(facts.map(({ repositoryId }) => repositoryId!)),
  };
}
