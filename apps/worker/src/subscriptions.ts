import type { INestApplicationContext } from '@nestjs/common';
import { DeletionsService } from '@central-index/docker-v1';
import { subscribe, type Subscription } from '@central-index/platform/jobs';
import {
  EventProcessorService,
  ImageDeletionService,
  OperationsService,
  ReconcilerService,
  RepositoryRefresh,
  TagDeletionsService,
} from '@central-index/registry-sync';
import { DeletedAccountsService } from '@central-index/repositories';
import { SearchSync } from '@central-index/search';
import { facts } from './facts';

/** The one list of handlers: what runs after each fact. */
export function subscriptions(context: INestApplicationContext): readonly Subscription[] {
  const events = context.get(EventProcessorService, { strict: false });
  const reconciler = context.get(ReconcilerService, { strict: false });
  const imageDeletion = context.get(ImageDeletionService, { strict: false });
  const tagDeletions = context.get(TagDeletionsService, { strict: false });
  const operations = context.get(OperationsService, { strict: false });
  const search = context.get(SearchSync, { strict: false });
  const deletedAccounts = context.get(DeletedAccountsService, { strict: false });
  const refresh = context.get(RepositoryRefresh, { strict: false });
  const v1Deletions = context.get(DeletionsService, { strict: false });
  return [
    subscribe(facts.accountDeleted, {
      release: async ({ accountId }) => void (await deletedAccounts.release(accountId)),
    }),
    subscribe(facts.registryEventsReceived, { apply: ({ registryId }) => events.apply(registryId) }),
    subscribe(facts.registryEventOversized, {
      reconcile: ({ registryId }) => reconciler.reconcileInBackground(registryId, { full: true }),
    }),
    subscribe(facts.registryReconcile, {
      reconcile: ({ registryId }) => reconciler.reconcileInBackground(registryId, { full: false }),
    }),
    subscribe(facts.registryReconcileFull, {
      reconcile: ({ registryId }) => reconciler.reconcileInBackground(registryId, { full: true }),
    }),
    subscribe(
      facts.repositoryChanged,
      { search: ({ repositoryId }) => search.sync([repositoryId]) },
      (changed) => search.sync(changed.map(({ repositoryId }) => repositoryId)),
    ),
    subscribe(facts.repositoryDeleted, {
      deleteImages: ({ repositoryId }) => imageDeletion.deleteImages(repositoryId),
    }),
    subscribe(facts.repositoryMovedAway, {
      deleteImages: ({ repositoryId, registryId, registryPath }) =>
        imageDeletion.deleteMovedSource(repositoryId, registryId, registryPath),
    }),
    subscribe(facts.repositoriesImported, { search: ({ repositoryIds }) => search.sync(repositoryIds) }),
    // Webhooks and trusted builds will subscribe. Until then, empty batch handlers remove these facts from the outbox.
    subscribe(facts.tagPushed, {}, async () => undefined),
    subscribe(facts.tagDeleted, {}, async () => undefined),
    subscribe(facts.tagRecheckRequested, {
      recheck: ({ eventId, attempt }) => events.recheck(eventId, attempt),
    }),
    subscribe(facts.tagDeletionRequested, {
      finish: async ({ repositoryId, tag }) => void (await tagDeletions.finish(repositoryId, tag)),
    }),
    subscribe(facts.operationRequested, { run: ({ operationId }) => operations.run(operationId) }),
    subscribe(facts.v1Pushed, {
      readTags: ({ repositoryId, accountId, at }) =>
        refresh.readPushed(repositoryId, { at: new Date(at), accountId }),
    }),
    subscribe(facts.v1DeletionExpired, {
      // The client may have emptied the registry before it gave up.
      readTags: async ({ repositoryId }) => {
        if (await v1Deletions.expire(repositoryId)) await refresh.readAll(repositoryId);
      },
    }),
  ];
}
