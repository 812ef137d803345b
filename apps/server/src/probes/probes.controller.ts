import { Controller, Get, Header, HttpCode } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Database } from '@central-index/platform/database';
import { unavailable } from '@central-index/platform/errors';
import { register, Registry } from 'prom-client';
import { Access } from '../access/access.decorator';
import { Readiness } from './readiness';
import { SearchMetrics } from './search-metrics';
import { RegistryMetrics } from './registry-metrics';

/** Probes for operators and their balancers. */
@ApiExcludeController()
@Controller()
@Access('operations')
export class ProbesController {
  constructor(
    private readonly database: Database,
    private readonly readiness: Readiness,
    private readonly search: SearchMetrics,
    private readonly registries: RegistryMetrics,
  ) {}

  /** The process lives, whatever it depends on does. */
  @Get('healthz')
  alive(): { status: string } {
    return { status: 'alive' };
  }

  /** The process can answer: it is not stopping, and reaches its database. */
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
    await this.search.measure();
    // The figures of registries are the same in every process, and no process keeps them.
    const ofRegistries = new Registry();
    // Without a database there are none of these: the others are wanted all the more.
    await this.registries.collect(ofRegistries).catch(() => ofRegistries.clear());
    return Registry.merge([register, ofRegistries]).metrics();
  }
}
