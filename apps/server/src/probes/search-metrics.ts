import { Injectable } from '@nestjs/common';
import { SearchMaintenance, type SearchState } from '@central-index/search';
import { Gauge, register } from 'prom-client';

type Metric = readonly [name: string, help: string, value: (state: SearchState) => number];

const metrics: readonly Metric[] = [
  [
    'central_index_search_fallback',
    '1 while this process searches in PostgreSQL because Meilisearch fails, else 0',
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
  [
    'central_index_search_drift',
    'Search documents that checks found to differ in Meilisearch without being pending, since the replica was created',
    ({ drift }) => drift,
  ],
];

/** Metrics of search, read at each scrape. */
@Injectable()
export class SearchMetrics {
  private readonly gauges = metrics.map(([name, help, value]) => {
    // Tests run several servers in one process; the gauges are those of the last one.
    register.removeSingleMetric(name);
    return { gauge: new Gauge({ name, help }), value };
  });

  constructor(private readonly maintenance: SearchMaintenance) {}

  /** Sets the gauges to their current values. */
  async update(): Promise<void> {
    const state = await this.maintenance.state();
    for (const { gauge, value } of this.gauges) gauge.set(value(state));
  }
}
