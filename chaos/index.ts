import type { Scenario } from './scenario';
import { databaseRestarts } from './database-restarts';
import { frozenWorker } from './frozen-worker';
import { inconsistentRegistry } from './inconsistent-registry';
import { lateCommits } from './late-commits';
import { lostPushes } from './lost-pushes';
import { meilisearchFaults } from './meilisearch-faults';
import { notificationStorm } from './notification-storm';
import { processKills } from './process-kills';
import { reconcileTime } from './reconcile-time';
import { searchKills } from './search-kills';
import { searchRebuild } from './search-rebuild';

/** All scenarios by the name that `npm run chaos` accepts. README.md in this folder describes them. */
export const scenarios: Readonly<Record<string, Scenario>> = {
  'database-restarts': databaseRestarts,
  'frozen-worker': frozenWorker,
  'inconsistent-registry': inconsistentRegistry,
  'late-commits': lateCommits,
  'lost-pushes': lostPushes,
  'meilisearch-faults': meilisearchFaults,
  'notification-storm': notificationStorm,
  'process-kills': processKills,
  'reconcile-time': reconcileTime,
  'search-kills': searchKills,
  'search-rebuild': searchRebuild,
};
