import type { INestApplicationContext } from '@nestjs/common';
import { IdentityTokensService } from '@central-index/accounts';
import { CONFIG, type Config } from '@central-index/platform/config';
import { Database } from '@central-index/platform/database';
import { Jobs, type Schedule } from '@central-index/platform/jobs';
import { NotificationsService } from '@central-index/registries';
import { PullRecords, RepositoriesService } from '@central-index/repositories';
import { ReconcilerService } from '@central-index/registry-sync';
import { SearchSync, SearchUpkeep } from '@central-index/search';
import { SigningKeysService } from '@central-index/tokens';

/** What is done by the clock (UTC). Each run changes nothing when there is nothing to do. */
export function schedule(context: INestApplicationContext): Schedule {
  const identityTokens = context.get(IdentityTokensService, { strict: false });
  const keys = context.get(SigningKeysService, { strict: false });
  const repositories = context.get(RepositoriesService, { strict: false });
  const reconciler = context.get(ReconcilerService, { strict: false });
  const pulls = context.get(PullRecords, { strict: false });
  const notifications = context.get(NotificationsService, { strict: false });
  const search = context.get(SearchUpkeep, { strict: false });
  const documents = context.get(SearchSync, { strict: false });
  const jobs = context.get(Jobs, { strict: false });
  const database = context.get(Database, { strict: false });
  const { eventRetentionDays } = context.get<Config>(CONFIG, { strict: false });
  return {
    // A new key is published an hour before it signs: the run after that one switches.
    'keys.rotate': { at: '5 * * * *', work: async () => void (await keys.rotateIfDue()) },
    'repositories.expire': { at: '15 * * * *', work: async () => void (await repositories.expireUnpushed()) },
    // One request a repository, and more where a push was granted since the last sweep.
    'registries.sweep': { at: '35 * * * *', work: () => reconciler.sweepAll({ full: false }) },
    // Every tag's digest: finds what was changed at a registry past the index, as by a restored backup.
    'registries.sweep-fully': { at: '50 3 * * *', work: () => reconciler.sweepAll({ full: true }) },
    'logins.forget': { at: '35 3 * * *', work: () => identityTokens.forgetExpired() },
    'pulls.forget': { at: '*/10 * * * *', work: () => pulls.forgetOld() },
    // Visits count for less with every day that begins.
    'search.fade': { at: '5 0 * * *', work: () => documents.fade() },
    'search.check': { at: '45 * * * *', work: async () => void (await search.check(true, false)) },
    'search.pack': { at: '20 2 * * *', work: async () => void (await search.pack()) },
    'jobs.renumber': { at: '10 3 * * *', work: () => jobs.renumber(database.manager) },
    'events.forget': {
      at: '25 3 * * *',
      work: async () => void (await notifications.forgetOld(eventRetentionDays)),
    },
  };
}
