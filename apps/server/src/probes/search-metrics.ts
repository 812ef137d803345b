import { Injectable } from '@nestjs/common';
import { SearchMaintenance, type SearchState } from '@central-index/search';
import { Counter, Gauge, register } from 'prom-client';

type Metric = readonly [name: string, help: string, value: (state: SearchState) => number];

const gauges: readonly Metric[] = [
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
];

/** Metrics of search, read at each scrape. */
@Injectable()
export class SearchMetrics {
  private readonly gauges = gauges.map(([name, help, value]) => {
    removeMetric(name);
    return { gauge: new Gauge({ name, help }), value };
  });
  private readonly drift = newDriftCounter();

  constructor(private readonly maintenance: SearchMaintenance) {}

  /** Sets the metrics to their current values. */
  async update(): Promise<void> {
    const state = await this.maintenance.state();
    for (const { gauge, value } of this.gauges) gauge.set(value(state));
    // The database counts, for all processes: this one only reports the sum.
    this.drift.reset();
    this.drift.inc(state.drift);
  }
}

function newDriftCounter(): Counter {
  const name = 'central_index_search_drift_total';
  removeMetric(name);
  return new Counter({
    name,
    help: 'Search documents that checks found to differ in Meilisearch without being pending',
  });
}

// Tests run several servers in one process; the metrics are those of the last one.
function removeMetric(name: string): void {
  register.removeSingleMetric(name);
}
