import { Controller, Get, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { SignedIn } from '@central-index/accounts';
import { OfficialRepositoriesService, RepositoriesService } from '@central-index/repositories';
import type { FastifyReply } from 'fastify';
import { Access, Caller, type CallerRequest } from '../../access/access.decorator';
import { officialPathSchema, officialSchema, type OfficialPathDto } from '../../admin/official.dto';
import { pageSchema, toPage, type PageDto } from '../../api/page.dto';
import type { Page } from '../layout/document';
import { checkForm, textOf } from '../rendering/form';
import { FormSubmissions, Submitted, type Refusal, type SubmittedForm } from '../rendering/form-submission';
import type { PageContext } from '../rendering/page-context';
import { PageRenderer } from '../rendering/page-renderer';
import { requireConfirmation } from '../repository/confirmation';
import { actorOf, nothingWrong } from './admin-form';
import { officialPage, officialRepositoryPage, type OfficialForm } from './official.page';

const firstPage: PageDto = { per_page: 50 };
const emptyForm: OfficialForm = { name: '', description: '' };

/** The official repositories, in a browser. */
@ApiExcludeController()
@Controller('admin/official')
@Access('administrator-page')
export class AdminOfficialController {
  constructor(
    private readonly official: OfficialRepositoriesService,
    private readonly repositories: RepositoriesService,
    private readonly submissions: FormSubmissions,
    private readonly pages: PageRenderer,
  ) {}

  @Get()
  async list(
    @Query({ schema: pageSchema('official', 'text') }) query: PageDto,
    @Req() request: CallerRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const context = this.pages.contextOf(request, reply);
    this.pages.send(reply, context, await this.page(context, query, emptyForm, nothingWrong));
  }

  @Post()
  @HttpCode(303)
  async add(@Submitted() form: SubmittedForm, @Res() reply: FastifyReply): Promise<void> {
    const { request, body } = form;
    const typed = { name: textOf(body, 'name').trim(), description: textOf(body, 'description') };
    const act = async (): Promise<string> => {
      const texts = checkForm(officialSchema, { description: typed.description }) ?? {};
      const { repository } = await this.official.add(typed.name, texts, actorOf(form));
      return `/admin/official/${repository.name}`;
    };
    const show = (context: PageContext, refusal: Refusal): Promise<Page> =>
      this.page(context, firstPage, typed, refusal);
    await this.submissions.run({ request, reply, body, needsAccount: true, act, show });
  }

  @Get(':name')
  async show(
    @Param({ schema: officialPathSchema }) { name }: OfficialPathDto,
    @Caller() caller: SignedIn,
    @Req() request: CallerRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const found = await this.repositories.find(caller, `library/${name}`);
    const context = this.pages.contextOf(request, reply);
    this.pages.send(reply, context, officialRepositoryPage(context, found, []));
  }

  @Post(':name')
  @HttpCode(303)
  async change(
    @Param({ schema: officialPathSchema }) { name }: OfficialPathDto,
    @Submitted() form: SubmittedForm,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { request, caller, body } = form;
    const description = textOf(body, 'description');
    const act = async (): Promise<string> => {
      // An empty text is a value here: it removes the description.
      checkForm(officialSchema, { description });
      await this.repositories.find(caller, `library/${name}`);
      await this.official.add(name, { description }, actorOf(form));
      return `/admin/official/${name}`;
    };
    const show = (context: PageContext, { errors }: Refusal): Page =>
      officialRepositoryPage(context, { name, description }, errors);
    await this.submissions.run({ request, reply, body, needsAccount: true, act, show });
  }

  @Post(':name/remove')
  @HttpCode(303)
  async remove(
    @Param({ schema: officialPathSchema }) { name }: OfficialPathDto,
    @Submitted() form: SubmittedForm,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { request, caller, body } = form;
    const act = async (context: PageContext): Promise<string> => {
      requireConfirmation(context, body, name);
      await this.official.remove(name, actorOf(form));
      return '/admin/official';
    };
    const show = async (context: PageContext, { errors }: Refusal): Promise<Page> => {
      const found = await this.repositories.find(caller, `library/${name}`);
      return officialRepositoryPage(context, found, errors);
    };
    await this.submissions.run({ request, reply, body, needsAccount: true, act, show });
  }

  private async page(
    context: PageContext,
    { per_page, cursor }: PageDto,
    form: OfficialForm,
    { errors }: Refusal,
  ): Promise<Page> {
    const rows = await this.official.list({ after: cursor, limit: per_page + 1 });
    const { items: repositories, next } = toPage(
      'official',
      rows,
      per_page,
      ({ name }) => name,
      (row) => row,
    );
    return officialPage(context, { repositories, next, isFirst: cursor === undefined, form, errors });
  }
}
