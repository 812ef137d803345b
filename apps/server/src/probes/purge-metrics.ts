import { Injectable } from '@nestjs/common';
import { Purges } from '@central-index/platform/jobs';
import { Counter, Gauge, type Registry } from 'prom-client';

/** Metrics of purged rows, read from the database at each scrape. */
@Injectable()
export class PurgeMetrics {
  constructor(private readonly purges: Purges) {}

  /** Registers the metrics with their current values. Throws while the database is unavailable. */
  async collect(metrics: Registry): Promise<void> {
    const rows = new Counter({
      name: 'central_index_purged_rows_total',
      help: 'Expired rows that were deleted',
      labelNames: ['table'],
      registers: [metrics],
    });
    const lastRun = new Gauge({
      name: 'central_index_purge_last_run_timestamp_seconds',
      help: 'Unix time at which the expired rows of a table were last deleted; 0 before the first time',
      labelNames: ['table'],
      registers: [metrics],
    });
    for (const total of await this.purges.totals()) {
      rows.inc({ table: total.table }, total.rows);
      lastRun.set({ table: total.table }, total.lastRunAt.getTime() / 1000);
    }
  }
}
