import type { Drill } from './scenario';
import { databaseRestarts } from './database-restarts';
import { frozenWorker } from './frozen-worker';
import { kills } from './process-kills';
import { lateCommits } from './late-commits';
import { lostPushes } from './lost-pushes';
import { lyingRegistry } from './inconsistent-registry';
import { meilisearchFaults } from './meilisearch-faults';
import { notificationStorm } from './notification-storm';
import { searchKills } from './search-kills';
import { searchRebuild } from './search-rebuild';
import { sweepTime } from './reconcile-time';

/** Every drill, by the name under which it is run; README.md beside this file says what each is about. */
export const scenarios: Readonly<Record<string, Drill>> = {
  'database-restarts': databaseRestarts,
  'frozen-worker': frozenWorker,
  kills,
  'late-commits': lateCommits,
  'lost-pushes': lostPushes,
  'lying-registry': lyingRegistry,
  'meilisearch-faults': meilisearchFaults,
  'notification-storm': notificationStorm,
  'search-kills': searchKills,
  'search-rebuild': searchRebuild,
  'reconcile-time': sweepTime,
};
