import { Controller, Get, HttpCode, Post, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { HealthService } from '@central-index/health';
import { OperationsService } from '@central-index/registry-sync';
import { SearchMaintenance } from '@central-index/search';
import { SigningKeysService } from '@central-index/tokens';
import type { FieldError } from '@central-index/platform/errors';
import type { FastifyReply } from 'fastify';
import { Access, type CallerRequest } from '../../access/access.decorator';
import type { Page } from '../layout/document';
import { FormSubmissions, Submitted, type Refusal, type SubmittedForm } from '../rendering/form-submission';
import type { PageContext } from '../rendering/page-context';
import { PageRenderer } from '../rendering/page-renderer';
import { actorOf } from './admin-form';
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
    private readonly submissions: FormSubmissions,
    private readonly pages: PageRenderer,
  ) {}

  @Get()
  redirect(@Res() reply: FastifyReply): void {
    void reply.redirect('/admin/overview', 303);
  }

  @Get('overview')
  async show(@Req() request: CallerRequest, @Res() reply: FastifyReply): Promise<void> {
    const context = this.pages.contextOf(request, reply);
    this.pages.send(reply, context, await this.page(context));
  }

  @Post('keys/rotate')
  @HttpCode(303)
  async rotateKeys(@Submitted() form: SubmittedForm, @Res() reply: FastifyReply): Promise<void> {
    const { request, body } = form;
    const act = async (): Promise<string> => {
      await this.keys.rotate(actorOf(form));
      return '/admin/overview';
    };
    const show = (context: PageContext, { errors }: Refusal): Promise<Page> => this.page(context, errors);
    await this.submissions.run({ request, reply, body, needsAccount: true, act, show });
  }

  private async page(context: PageContext, errors: readonly FieldError[] = []): Promise<Page> {
    const health = await this.health.check(databaseTimeoutMs);
    const [facts, registries, operations, search, keys] = await Promise.all([
      this.health.facts(databaseTimeoutMs),
      this.registries.all(),
      this.operations.unfinished(shownOperations),
      this.search.state(),
      this.keys.list(),
    ]);
    const now = new Date();
    return overviewPage(context, { health, facts, registries, operations, search, keys, now }, errors);
  }
}
