import { Controller, Get, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { HealthService } from '@central-index/health';
import { OperationsService } from '@central-index/registry-sync';
import { SearchMaintenance } from '@central-index/search';
import { SigningKeysService } from '@central-index/tokens';
import type { FastifyReply } from 'fastify';
import { Access, type CallerRequest } from '../../access/access.decorator';
import { PageRenderer } from '../rendering/page-renderer';
import { overviewPage } from './overview.page';
import { RegistryStates } from './registry-states';

const databaseTimeoutMs = 1_500;
const shownOperations = 10;

/** The overview of administration: is everything well? */
@ApiExcludeController()
@Controller('admin')
@Access('administrator-page')
export class AdminOverviewController {
  constructor(
    private readonly health: HealthService,
    private readonly registries: RegistryStates,
    private readonly operations: OperationsService,
    private readonly search: SearchMaintenance,
    private readonly keys: SigningKeysService,
    private readonly pages: PageRenderer,
  ) {}

  @Get()
  redirect(@Res() reply: FastifyReply): void {
    void reply.redirect('/admin/overview', 303);
  }

  @Get('overview')
  async show(@Req() request: CallerRequest, @Res() reply: FastifyReply): Promise<void> {
    const health = await this.health.check(databaseTimeoutMs);
    const [facts, registries, operations, search, keys] = await Promise.all([
      this.health.facts(databaseTimeoutMs),
      this.registries.all(),
      this.operations.unfinished(shownOperations),
      this.search.state(),
      this.keys.list(),
    ]);
    const view = { health, facts, registries, operations, search, keys, now: new Date() };
    const context = this.pages.contextOf(request, reply);
    this.pages.send(reply, context, overviewPage(context, view));
  }
}
