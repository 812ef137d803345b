import { sql } from '@central-index/platform/database';
import type { ReconcileResult } from './reconcile-result';

/** One row per registry that was reconciled. */
export const selectLatestResults = sql<ReconcileResult>(
  `select registry.name as registry, started_at as "startedAt", finished_at as "finishedAt",
          repositories, added, deleted, missing, unclaimed, error, alarm
     from registry_reconcile join registry on registry.id = registry_id`,
);

/** Stores nothing for a registry that was removed. $1: registry; then the values of `ReconcileResult` in its order. */
export const upsertResult = sql(
  `insert into registry_reconcile (registry_id, started_at, finished_at, complete_at, repositories, added, deleted,
                               missing, unclaimed, error, alarm)
   select id, $2, $3, case when $9::text is null then $2::timestamptz end, $4, $5, $6, $7, $8, $9, $10
     from registry where id = $1
   on conflict (registry_id) do update set started_at = excluded.started_at, finished_at = excluded.finished_at,
     complete_at = coalesce(excluded.complete_at, registry_reconcile.complete_at),
     repositories = excluded.repositories, added = excluded.added, deleted = excluded.deleted,
     missing = excluded.missing, unclaimed = excluded.unclaimed, error = excluded.error, alarm = excluded.alarm`,
);
