import type { INestApplicationContext } from '@nestjs/common';
import { AccountPurges } from '@central-index/accounts';
import { CONFIG, type Config } from '@central-index/platform/config';
import type { Purge } from '@central-index/platform/jobs';
import { HookSecretsService, NotificationsService } from '@central-index/registries';
import { DeletedAccountsService, PlacementsService, PullCounter } from '@central-index/repositories';
import { OperationsService } from '@central-index/registry-sync';

/** The purges of tables whose rows expire within minutes. */
export function frequentPurges(context: INestApplicationContext): Readonly<Record<string, Purge>> {
  const pulls = context.get(PullCounter, { strict: false });
  return {
    manifest_request: () => pulls.purgeRequests(),
    unique_pull: () => pulls.purgeUniquePulls(),
  };
}

/** The nightly purges, by table. */
export function nightlyPurges(context: INestApplicationContext): Readonly<Record<string, Purge>> {
  const { eventRetentionDays } = context.get<Config>(CONFIG, { strict: false });
  return {
    ...context.get(AccountPurges, { strict: false }).all(),
    former_hook_secret: () => context.get(HookSecretsService, { strict: false }).purgeExpired(),
    operation: () => context.get(OperationsService, { strict: false }).purgeExpired(),
    push_grant: () => context.get(PlacementsService, { strict: false }).purgeGrants(),
    registry_event: () =>
      context.get(NotificationsService, { strict: false }).purgeExpired(eventRetentionDays),
    // Of accounts whose own job was lost.
    star: () => context.get(DeletedAccountsService, { strict: false }).releaseAll(),
  };
}

/** Why the rows of all other tables stay, by table. */
export const keptTables: Readonly<Record<string, string>> = {
  account: 'a deleted account keeps its name',
  audit_event: 'append-only; the limits on requests bound its growth',
  certificate_authority: 'a few rows; retired ones verify old tokens',
  fact_outbox: 'emptied by the worker within a second',
  manifest: 'deleted with its repository or when its registry no longer has it',
  missing_tag: 'deleted by the next reconcile',
  namespace: 'keeps its name',
  placement_rule: 'set by administrators',
  pull_count: 'history that is shown, at most 1,001 rows per repository and day',
  purge_total: 'one row per table',
  registry: 'set by administrators',
  registry_reconcile: 'one row per registry',
  repository: 'tombstones keep their names; unpushed names have a job of their own',
  reserved_name: 'written by migrations',
  schema_migration: 'written by migrations',
  schema_requirement: 'written by migrations',
  search_document: 'deleted with its repository, checked hourly',
  search_outbox: 'emptied when the replica confirms',
  search_posting: 'deleted with its document',
  search_replica: 'one row',
  search_spelling: 'deleted when no document has the name, checked hourly',
  setting: 'a few rows',
  signing_key: 'deleted by its own job after its last token has expired',
  tag: 'deleted with its manifest',
  tag_deletion: 'deleted when the registry has confirmed',
  tag_history: 'history that is shown, deleted with its repository',
  v1_deletion: 'deleted by its own job when it can no longer be confirmed',
  v1_image: 'deleted with its repository',
  worker_heartbeat: 'one row',
};
