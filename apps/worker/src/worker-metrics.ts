import { type Database } from '@central-index/platform/database';
import { poolGauges, type MetricsSnapshot } from '@central-index/platform/metrics';
import { collectDefaultMetrics, Counter, Histogram, Registry } from 'prom-client';

const durationBuckets = [0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300];

/** What a worker measures: the jobs that it ran, and its connections. */
export class WorkerMetrics {
  private readonly registry = new Registry();
  private readonly completed = new Counter({
    name: 'central_index_jobs_completed_total',
    help: 'Attempts of jobs that ended, by task and result (succeeded or failed)',
    labelNames: ['task', 'result'],
    registers: [this.registry],
  });
  private readonly durations = new Histogram({
    name: 'central_index_jobs_duration_seconds',
    help: 'Duration of attempts of jobs, by task',
    labelNames: ['task'],
    buckets: durationBuckets,
    registers: [this.registry],
  });

  /** Adds the metrics of the process itself, once per process. */
  observeProcess(): void {
    collectDefaultMetrics({ register: this.registry, labels: { role: 'worker' } });
  }

  /** Adds the connections of this worker. */
  observePools(database: Database): void {
    poolGauges(this.registry, () => database.poolUsage());
  }

  /** Counts an attempt that ended. */
  jobCompleted(task: string, seconds: number, hasSucceeded: boolean): void {
    this.completed.inc({ task, result: hasSucceeded ? 'succeeded' : 'failed' });
    this.durations.observe({ task }, seconds);
  }

  /** Measures. Nothing here is shared with other processes. */
  async collect(): Promise<MetricsSnapshot> {
    return { own: await this.registry.getMetricsAsJSON(), shared: [] };
  }
}
