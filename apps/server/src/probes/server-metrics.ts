import { Database } from '@central-index/platform/database';
import {
  metricsText,
  poolGauges,
  type MetricJson,
  type MetricsSnapshot,
} from '@central-index/platform/metrics';
import { Injectable } from '@nestjs/common';
import type { FastifyInstance } from 'fastify';
import { Counter, Histogram, register, Registry } from 'prom-client';
import { PurgeMetrics } from './purge-metrics';
import { RegistryMetrics } from './registry-metrics';
import { SearchMetrics } from './search-metrics';
import { WorkMetrics } from './work-metrics';

const sharedTimeoutMs = 1_500;
const durationBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

// Results of token requests by the status of their response.
const tokenResults: Readonly<Record<number, string>> = {
  200: 'issued',
  400: 'invalid',
  401: 'unauthorized',
  403: 'denied',
  404: 'invalid',
  429: 'limited',
  503: 'unavailable',
};

/** What a server measures: its requests, its tokens and its connections, and what all processes share. */
@Injectable()
export class ServerMetrics {
  private readonly registry = new Registry();
  private readonly requests = new Histogram({
    name: 'central_index_http_request_duration_seconds',
    help: 'Duration of requests, by the pattern of their route',
    labelNames: ['route', 'method', 'status'],
    buckets: durationBuckets,
    registers: [this.registry],
  });
  private readonly tokens = new Counter({
    name: 'central_index_tokens_total',
    help: 'Token requests, by result',
    labelNames: ['result'],
    registers: [this.registry],
  });

  constructor(
    database: Database,
    private readonly search: SearchMetrics,
    private readonly registries: RegistryMetrics,
    private readonly work: WorkMetrics,
    private readonly purges: PurgeMetrics,
  ) {
    poolGauges(this.registry, () => database.poolUsage());
  }

  /** Measures every response of the server, also those that a cache sends before a route is called. */
  observe(server: FastifyInstance): void {
    server.addHook('onResponse', (request, reply, done) => {
      // Never the path: callers choose it, and each value would be a time series.
      const route = request.routeOptions.url ?? 'none';
      const { statusCode: status } = reply;
      this.requests.observe({ route, method: request.method, status }, reply.elapsedTime / 1000);
      if (route === '/token') this.tokens.inc({ result: tokenResults[status] ?? 'failed' });
      done();
    });
  }

  /** Measures. Never fails: what the database would say is left out while it does not answer. */
  async collect(shared: boolean): Promise<MetricsSnapshot> {
    const own = await Promise.all([register.getMetricsAsJSON(), this.registry.getMetricsAsJSON()]);
    const sources = shared ? [this.search, this.registries, this.work, this.purges] : [];
    const fromDatabase = await Promise.all(sources.map((source) => readShared(source)));
    return { own: own.flat(), shared: fromDatabase.flat() };
  }

  /** The page of this process alone. */
  async text(): Promise<string> {
    const { own, shared } = await this.collect(true);
    return metricsText([own, shared]);
  }
}

async function readShared(source: { collect(metrics: Registry): Promise<void> }): Promise<MetricJson[]> {
  const metrics = new Registry();
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), sharedTimeoutMs);
  });
  const read = source.collect(metrics).then(
    () => true,
    () => false,
  );
  const isComplete = await Promise.race([read, timeout]);
  clearTimeout(timer);
  return isComplete ? await metrics.getMetricsAsJSON() : [];
}
