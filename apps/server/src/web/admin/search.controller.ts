import { Controller, Get, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { FailedJobsService } from '@central-index/health';
import { OperationsService, type OperationRequest } from '@central-index/registry-sync';
import { SearchMaintenance } from '@central-index/search';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { Access, type CallerRequest } from '../../access/access.decorator';
import { pageSchema, toPage, type PageDto } from '../../api/page.dto';
import { idText } from '../../api/query-values';
import type { Page } from '../layout/document';
import { textOf } from '../rendering/form';
import { FormSubmissions, Submitted, type Refusal, type SubmittedForm } from '../rendering/form-submission';
import type { PageContext } from '../rendering/page-context';
import { PageRenderer } from '../rendering/page-renderer';
import { actorOf, nothingWrong } from './admin-form';
import { searchAdminPage } from './search.page';

const firstPage: PageDto = { per_page: 50 };
const jobSchema = z.strictObject({ id: idText });
const shownOperations = 20;

/** The search index and the failed jobs, in a browser. */
@ApiExcludeController()
@Controller('admin')
@Access('administrator-page')
export class AdminSearchController {
  constructor(
    private readonly search: SearchMaintenance,
    private readonly operations: OperationsService,
    private readonly jobs: FailedJobsService,
    private readonly submissions: FormSubmissions,
    private readonly pages: PageRenderer,
  ) {}

  @Get('search')
  async show(
    @Query({ schema: pageSchema('failed-jobs', 'id') }) query: PageDto,
    @Req() request: CallerRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const context = this.pages.contextOf(request, reply);
    this.pages.send(reply, context, await this.page(context, query, nothingWrong));
  }

  @Post('search/rebuild')
  @HttpCode(303)
  async rebuild(@Submitted() form: SubmittedForm, @Res() reply: FastifyReply): Promise<void> {
    await this.run(form, reply, () => this.request({ kind: 'search-rebuild', request: {} }, form));
  }

  @Post('search/check')
  @HttpCode(303)
  async check(@Submitted() form: SubmittedForm, @Res() reply: FastifyReply): Promise<void> {
    const repair = textOf(form.body, 'repair') === 'true';
    await this.run(form, reply, () => this.request({ kind: 'search-check', request: { repair } }, form));
  }

  @Post(['jobs/retry', 'jobs/:id/retry'])
  @HttpCode(303)
  async retryJobs(
    @Param({ schema: jobSchema.partial() }) { id }: { id?: string },
    @Submitted() form: SubmittedForm,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.run(form, reply, async () => {
      await this.jobs.retry(id, actorOf(form));
      return '/admin/search#jobs';
    });
  }

  private async request(request: OperationRequest, form: SubmittedForm): Promise<string> {
    const { id } = await this.operations.request(request, actorOf(form));
    return `/admin/operations/${id}`;
  }

  private async run(
    { request, body }: SubmittedForm,
    reply: FastifyReply,
    act: () => Promise<string>,
  ): Promise<void> {
    const show = (context: PageContext, refusal: Refusal): Promise<Page> =>
      this.page(context, firstPage, refusal);
    await this.submissions.run({ request, reply, body, needsAccount: true, act, show });
  }

  private async page(
    context: PageContext,
    { per_page, cursor }: PageDto,
    { errors }: Refusal,
  ): Promise<Page> {
    const [state, unfinished, rows] = await Promise.all([
      this.search.state(),
      this.operations.unfinished(shownOperations),
      this.jobs.list({ after: cursor, limit: per_page + 1 }),
    ]);
    const operations = unfinished.filter(({ kind }) => kind.startsWith('search-'));
    const { items, next } = toPage(
      'failed-jobs',
      rows,
      per_page,
      ({ id }) => id,
      (job) => job,
    );
    const isFirst = cursor === undefined;
    return searchAdminPage(context, { state, operations, failedJobs: items, next, isFirst, errors });
  }
}
