import { Injectable } from '@nestjs/common';
import { SearchMaintenance, type SearchState } from '@central-index/search';
import { Gauge, register } from 'prom-client';

type Metric = readonly [name: string, help: string, value: (state: SearchState) => number];

const metrics: readonly Metric[] = [
  [
    'central_index_search_fallback',
    '1 while this process searches in PostgreSQL because Meilisearch fails',
    ({ fallback }) => (fallback === undefined ? 0 : 1),
  ],
  [
    'central_index_search_replica_pending_documents',
    'Search documents that Meilisearch has not confirmed as they are',
    ({ pending }) => pending,
  ],
  [
    'central_index_search_replica_rejected_documents',
    'Of these, those that it refuses',
    ({ rejected }) => rejected,
  ],
  [
    'central_index_search_lag_seconds',
    'How long the oldest of the others has been waiting',
    ({ lag }) => lag,
  ],
  [
    'central_index_search_drift',
    'Copies found to differ with nothing known of it, since the copy exists',
    ({ drift }) => drift,
  ],
];

/** What is measured of search, read when it is asked for. */
@Injectable()
export class SearchMetrics {
  private readonly gauges = metrics.map(([name, help, value]) => {
    // Several servers may live in one process of a test; the latest one is measured.
    register.removeSingleMetric(name);
    return { gauge: new Gauge({ name, help }), value };
  });

  constructor(private readonly upkeep: SearchMaintenance) {}

  /** Sets the gauges to what is so now. */
  async measure(): Promise<void> {
    const state = await this.upkeep.state();
    for (const { gauge, value } of this.gauges) gauge.set(value(state));
  }
}
