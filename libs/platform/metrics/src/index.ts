// Prometheus metrics of several processes as one page: each process measures itself, its supervisor adds up and listens.
// What is measured belongs to apps. Emits no facts.
export { answerCollections } from './answer-collections';
export { MetricsCollector } from './metrics-collector';
export type { MeasuredProcess } from './metrics-collector';
export { cannotListenForMetrics, serveMetrics } from './serve-metrics';
export type { MetricsListener } from './serve-metrics';
export { metricsText } from './snapshot';
export type { MetricJson, MetricsSnapshot } from './snapshot';
export { poolGauges } from './pool-gauges';
export type { PoolUsage } from './pool-gauges';
