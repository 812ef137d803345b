import { Injectable } from '@nestjs/common';
import { SearchMaintenance, type SearchState } from '@central-index/search';
import { Counter, Gauge, type Registry } from 'prom-client';

type Metric = readonly [name: string, help: string, value: (state: SearchState) => number];

const gauges: readonly Metric[] = [
  [
    'central_index_search_fallback',
    '1 while searches run in PostgreSQL because Meilisearch fails, else 0',
    ({ fallback }) => (fallback === undefined ? 0 : 1),
  ],
  [
    'central_index_search_replica_pending_documents',
    'Search documents whose current version Meilisearch has not confirmed',
    ({ pending }) => pending,
  ],
  [
    'central_index_search_replica_rejected_documents',
    'Pending search documents that Meilisearch rejects',
    ({ rejected }) => rejected,
  ],
  [
    'central_index_search_lag_seconds',
    'Age of the oldest pending search document that Meilisearch does not reject',
    ({ lag }) => lag,
  ],
];

/** Metrics of search, read from the database. */
@Injectable()
export class SearchMetrics {
  constructor(private readonly maintenance: SearchMaintenance) {}

  /** Registers the metrics with their current values. Throws while the database is unavailable. */
  async collect(metrics: Registry): Promise<void> {
    const state = await this.maintenance.state();
    for (const [name, help, value] of gauges) {
      new Gauge({ name, help, registers: [metrics] }).set(value(state));
    }
    // The database counts, for all processes.
    new Counter({
      name: 'central_index_search_drift_total',
      help: 'Search documents that checks found to differ in Meilisearch without being pending',
      registers: [metrics],
    }).inc(state.drift);
  }
}
