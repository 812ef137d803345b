import { accountDeleted } from '@central-index/accounts';
import { v1DeletionExpired, v1Pushed } from '@central-index/docker-v1';
import { registryEventOversized, registryEventsReceived } from '@central-index/registries';
import {
  operationRequested,
  registryReconcile,
  registryReconcileFull,
  repositoryMovedAway,
  tagDeleted,
  tagDeletionRequested,
  tagPushed,
  tagRecheckRequested,
} from '@central-index/registry-sync';
import { repositoriesImported, repositoryChanged, repositoryDeleted } from '@central-index/repositories';

/** Every fact of the product, with its payload type. `subscriptions.ts` lists the handlers of each. */
export const facts = {
  accountDeleted,
  registryEventsReceived,
  registryEventOversized,
  registryReconcile,
  registryReconcileFull,
  repositoryChanged,
  repositoryDeleted,
  repositoryMovedAway,
  repositoriesImported,
  tagPushed,
  tagDeleted,
  tagRecheckRequested,
  tagDeletionRequested,
  operationRequested,
  v1Pushed,
  v1DeletionExpired,
} as const;
