import { Controller, Get, Header, HttpCode } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Database } from '@central-index/platform/database';
import { unavailable } from '@central-index/platform/errors';
import { register } from 'prom-client';
import { Access } from '../access/access.decorator';
import { Readiness } from './readiness';
import { SearchMetrics } from './search-metrics';

/** Probes for operators and their balancers. */
@ApiExcludeController()
@Controller()
@Access('operations')
export class OperationsController {
  constructor(
    private readonly database: Database,
    private readonly readiness: Readiness,
    private readonly search: SearchMetrics,
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
    if (this.readiness.stopping) throw unavailable().because('stopping').retryAfter(2);
    await this.database.rows('select 1');
    return { status: 'ready' };
  }

  /** Prometheus text format. */
  @Get('metrics')
  @Header('content-type', register.contentType)
  async metrics(): Promise<string> {
    await this.search.measure();
    return register.metrics();
  }
}
