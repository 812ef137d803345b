import { AggregatorRegistry, type MetricObjectWithValues, type MetricValue } from 'prom-client';

/** One metric with its values, as processes send it to each other. */
export type MetricJson = MetricObjectWithValues<MetricValue<string>>;

/** What one process measures. */
export interface MetricsSnapshot {
  /** Its own metrics, which are added to those of other processes. */
  readonly own: readonly MetricJson[];
  /** Metrics read from the database, which would be the same in every process; empty unless they were requested. */
  readonly shared: readonly MetricJson[];
}

/** The page in Prometheus' text format. Metrics of the same name are added up, or as each metric's aggregator says. */
export async function metricsText(parts: readonly (readonly MetricJson[])[]): Promise<string> {
  const nonEmpty = parts.filter((part) => part.length > 0).map((part) => [...part]);
  return nonEmpty.length === 0 ? '' : AggregatorRegistry.aggregate(nonEmpty).metrics();
}

/** Adds up counters and histograms of processes that have ended, so that no sum ever becomes smaller. */
export async function addCounts(
  sum: readonly MetricJson[],
  ended: readonly MetricJson[],
): Promise<readonly MetricJson[]> {
  const counts = ended.filter(({ type }) => ['counter', 'histogram'].includes(String(type)));
  if (counts.length === 0) return sum;
  const parts = [[...sum], counts].filter((part) => part.length > 0);
  return AggregatorRegistry.aggregate(parts).getMetricsAsJSON();
}
