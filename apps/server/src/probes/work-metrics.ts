import { Jobs } from '@central-index/platform/jobs';
import { SigningKeysService } from '@central-index/tokens';
import { Injectable } from '@nestjs/common';
import { Gauge, type Registry } from 'prom-client';

/** Metrics of what happens behind requests, read from the database: workers, jobs and signing keys. */
@Injectable()
export class WorkMetrics {
  constructor(
    private readonly jobs: Jobs,
    private readonly keys: SigningKeysService,
  ) {}

  /** Registers the gauges with their current values. Throws while the database is unavailable. */
  async collect(metrics: Registry): Promise<void> {
    const [lastSeen, queue, keys] = await Promise.all([
      this.jobs.workerLastSeen(),
      this.jobs.queueState(),
      this.keys.list(),
    ]);
    const gauge = (name: string, help: string, value: number): void =>
      new Gauge({ name: `central_index_${name}`, help, registers: [metrics] }).set(value);
    gauge(
      'worker_last_seen_timestamp_seconds',
      'Unix time at which a worker was last alive; 0 if none ever was',
      (lastSeen?.getTime() ?? 0) / 1000,
    );
    gauge('jobs_pending', 'Jobs that are due or running', queue.pending);
    gauge('jobs_failed', 'Jobs that failed in all their attempts', queue.failed);
    gauge('jobs_oldest_seconds', 'Age of the oldest due job; 0 if none is due', queue.oldest_seconds);
    const expiry = new Gauge({
      name: 'central_index_signing_key_expiry_timestamp_seconds',
      help: 'Unix time at which the certificate of an active signing key expires',
      labelNames: ['purpose', 'algorithm'],
      registers: [metrics],
    });
    for (const { purpose, algorithm, state, notAfter } of keys) {
      if (state === 'active') expiry.set({ purpose, algorithm }, notAfter.getTime() / 1000);
    }
  }
}
