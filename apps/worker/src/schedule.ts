import type { INestApplicationContext } from '@nestjs/common';
import { Database } from '@central-index/platform/database';
import { Jobs, Purges, type Schedule } from '@central-index/platform/jobs';
import { PlacementsService } from '@central-index/repositories';
import { ReconcilerService } from '@central-index/registry-sync';
import { SearchSync, SearchMaintenance } from '@central-index/search';
import { SigningKeysService } from '@central-index/tokens';
import { frequentPurges, nightlyPurges } from './purges';

/** The scheduled jobs, with cron expressions in UTC. A run without work changes nothing. */
export function schedule(context: INestApplicationContext): Schedule {
  const keys = context.get(SigningKeysService, { strict: false });
  const placements = context.get(PlacementsService, { strict: false });
  const reconciler = context.get(ReconcilerService, { strict: false });
  const purges = context.get(Purges, { strict: false });
  const search = context.get(SearchMaintenance, { strict: false });
  const searchSync = context.get(SearchSync, { strict: false });
  const jobs = context.get(Jobs, { strict: false });
  const database = context.get(Database, { strict: false });
  return {
    // One run publishes a new key, and the next one, an hour later, activates it.
    'keys.rotate': { cron: '5 * * * *', run: async () => void (await keys.rotateIfDue()) },
    'repositories.expire': {
      cron: '15 * * * *',
      run: async () => void (await placements.expireUnpushed()),
    },
    // Those that RECONCILE_EVERY makes due: one request per repository, and more for those with a push grant since.
    'registries.reconcile': { cron: '* * * * *', run: () => reconciler.reconcileDue() },
    // Reads the digest of every tag, which finds changes without events, such as a restored backup.
    'registries.reconcile-full': { cron: '50 3 * * *', run: () => reconciler.reconcileAll() },
    'pulls.purge': { cron: '*/10 * * * *', run: () => purges.run(frequentPurges(context)) },
    'rows.purge': { cron: '25 3 * * *', run: () => purges.run(nightlyPurges(context)) },
    // Unique pulls lose weight daily.
    'search.decay': { cron: '5 0 * * *', run: () => searchSync.decay() },
    'search.check': { cron: '45 * * * *', run: async () => void (await search.check(true, false)) },
    'search.reindex': { cron: '20 2 * * *', run: async () => void (await search.reindex()) },
    'jobs.reset-sequences': { cron: '10 3 * * *', run: () => jobs.resetSequences(database.manager) },
  };
}
