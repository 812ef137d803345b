import { HealthService, type Health } from '@central-index/health';
import { Controller, Get, Header, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Access } from '../access/access.decorator';
import { Readiness } from './readiness';

// Balancers give a probe few seconds. With what a busy process adds, the answer is there within two.
const databaseTimeoutMs = 1_500;

/** Probes for operators and load balancers. Metrics have an address of their own. */
@ApiExcludeController()
@Controller()
@Access('probe')
export class ProbesController {
  constructor(
    private readonly health: HealthService,
    private readonly readiness: Readiness,
  ) {}

  /** The process is alive, whether or not its database is. */
  @Get('healthz')
  alive(): { status: string } {
    return { status: 'alive' };
  }

  /**
   * Whether balancers may send requests here: 503 while the database does not answer or this process stops. A degraded
   * product serves requests, so it is 200: the body says what does not happen behind them.
   */
  @Get('readyz')
  @Header('cache-control', 'no-store')
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<Health> {
    const health = await this.health.check(databaseTimeoutMs);
    const isServing = health.status !== 'unavailable' && !this.readiness.stopping;
    if (!isServing) void reply.status(503).header('retry-after', '2');
    return isServing ? health : { ...health, status: 'unavailable' };
  }
}
