import { Injectable } from '@nestjs/common';
import { Database } from '@central-index/platform/database';
import type { Sweep } from './reconcile-result';

// A token lives up to an hour, registries give it another minute, and clocks differ.
const longestPushMs = 65 * 60_000;

/** What the last sweep of each registry found. */
@Injectable()
export class SweepsService {
  constructor(private readonly database: Database) {}

  /** The last sweep of each registry, by the registry's name; one that was never swept is not in it. */
  async latest(): Promise<Map<string, Sweep>> {
    const rows = await this.database.rows<Sweep>(
      `select registry.name as registry, started_at as "startedAt", finished_at as "finishedAt",
              repositories, added, removed, missing, unclaimed, failure, alarm
         from registry_sweep join registry on registry.id = registry_id`,
    );
    return new Map(rows.map((row) => [row.registry, row]));
  }

  /** Keeps what a sweep found in the place of the last one. */
  async keep(registryId: string, sweep: Sweep): Promise<void> {
    await this.database.rows(
      `insert into registry_sweep (registry_id, started_at, finished_at, complete_at, repositories, added, removed,
                                   missing, unclaimed, failure, alarm)
       select id, $2, $3, case when $9::text is null then $2::timestamptz end, $4, $5, $6, $7, $8, $9, $10
         from registry where id = $1
       on conflict (registry_id) do update set started_at = excluded.started_at, finished_at = excluded.finished_at,
         complete_at = coalesce(excluded.complete_at, registry_sweep.complete_at),
         repositories = excluded.repositories, added = excluded.added, removed = excluded.removed,
         missing = excluded.missing, unclaimed = excluded.unclaimed, failure = excluded.failure, alarm = excluded.alarm`,
      [
        registryId,
        sweep.startedAt,
        sweep.finishedAt,
        sweep.repositories,
        sweep.added,
        sweep.removed,
        sweep.missing,
        sweep.unclaimed,
        sweep.failure,
        sweep.alarm,
      ],
    );
  }

  /**
   * Since when a push must have been granted to have moved a tag that no sweep has read; null when no sweep has ever
   * read everything.
   */
  async completeSince(registryId: string): Promise<Date | null> {
    const [row] = await this.database.rows<{ at: Date | null }>(
      'select complete_at as at from registry_sweep where registry_id = $1',
      [registryId],
    );
    return row?.at ? new Date(row.at.getTime() - longestPushMs) : null;
  }
}
