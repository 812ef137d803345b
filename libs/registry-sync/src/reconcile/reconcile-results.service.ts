import { Injectable } from '@nestjs/common';
import { Database } from '@central-index/platform/database';
import type { ReconcileResult } from './reconcile-result';

// A token lives up to an hour, registries give it another minute, and clocks differ.
const longestPushMs = 65 * 60_000;

/** What the last reconcile of each registry found. */
@Injectable()
export class ReconcileResultsService {
  constructor(private readonly database: Database) {}

  /** The last reconcile of each registry, by the registry's name; one that was never reconciled is not in it. */
  async latest(): Promise<Map<string, ReconcileResult>> {
    const rows = await this.database.rows<ReconcileResult>(
      `select registry.name as registry, started_at as "startedAt", finished_at as "finishedAt",
              repositories, added, deleted, missing, unclaimed, error, alarm
         from registry_reconcile join registry on registry.id = registry_id`,
    );
    return new Map(rows.map((row) => [row.registry, row]));
  }

  /** Keeps what a reconcile found in the place of the last one. */
  async store(registryId: string, reconcile: ReconcileResult): Promise<void> {
    await this.database.rows(
      `insert into registry_reconcile (registry_id, started_at, finished_at, complete_at, repositories, added, deleted,
                                   missing, unclaimed, error, alarm)
       select id, $2, $3, case when $9::text is null then $2::timestamptz end, $4, $5, $6, $7, $8, $9, $10
         from registry where id = $1
       on conflict (registry_id) do update set started_at = excluded.started_at, finished_at = excluded.finished_at,
         complete_at = coalesce(excluded.complete_at, registry_reconcile.complete_at),
         repositories = excluded.repositories, added = excluded.added, deleted = excluded.deleted,
         missing = excluded.missing, unclaimed = excluded.unclaimed, error = excluded.error, alarm = excluded.alarm`,
      [
        registryId,
        reconcile.startedAt,
        reconcile.finishedAt,
        reconcile.repositories,
        reconcile.added,
        reconcile.deleted,
        reconcile.missing,
        reconcile.unclaimed,
        reconcile.error,
        reconcile.alarm,
      ],
    );
  }

  /**
   * Since when a push must have been granted to have moved a tag that no reconcile has read; null when no reconcile has ever
   * read everything.
   */
  async completeSince(registryId: string): Promise<Date | null> {
    const [row] = await this.database.rows<{ at: Date | null }>(
      'select complete_at as at from registry_reconcile where registry_id = $1',
      [registryId],
    );
    return row?.at ? new Date(row.at.getTime() - longestPushMs) : null;
  }
}
