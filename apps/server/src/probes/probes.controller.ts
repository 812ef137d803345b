import { Controller, Get, Header, HttpCode } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Database } from '@central-index/platform/database';
import { unavailable } from '@central-index/platform/errors';
import { register, Registry } from 'prom-client';
import { Access } from '../access/access.decorator';
import { Readiness } from './readiness';
import { SearchMetrics } from './search-metrics';
import { RegistryMetrics } from './registry-metrics';

/** Probes and metrics for operators and load balancers. */
@ApiExcludeController()
@Controller()
@Access('probe')
export class ProbesController {
  constructor(
    private readonly database: Database,
    private readonly readiness: Readiness,
    private readonly search: SearchMetrics,
    private readonly registries: RegistryMetrics,
  ) {}

  /** The process is alive, whether or not its database is. */
  @Get('healthz')
  alive(): { status: string } {
    return { status: 'alive' };
  }

  /** The process serves requests: it is not stopping, and its database responds. */
  @Get('readyz')
  @HttpCode(200)
  async ready(): Promise<{ status: string }> {
    if (this.readiness.stopping) throw unavailable().withPrivateDetail('stopping').retryAfter(2);
    await this.database.ping();
    return { status: 'ready' };
  }

  /** Prometheus text format. */
  @Get('metrics')
  @Header('content-type', register.contentType)
  async metrics(): Promise<string> {
    await this.search.update();
    // Metrics of blob registries are read from the database at each scrape: they are the same in every process.
    const blobRegistries = new Registry();
    // They are left out while the database is unavailable; the other metrics are needed most then.
    await this.registries.collect(blobRegistries).catch(() => blobRegistries.clear());
    return Registry.merge([register, blobRegistries]).metrics();
  }
}
