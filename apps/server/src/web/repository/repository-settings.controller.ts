import { Controller, Get, HttpCode, Param, Post, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Identity } from '@central-index/accounts';
import { RepositoriesService } from '@central-index/repositories';
import type { FastifyReply } from 'fastify';
import { Access, Caller, type CallerRequest } from '../../access/access.decorator';
import { repositoryChangesSchema, toPath, type RepositoryPathDto } from '../../api/repositories.dto';
import type { Page } from '../layout/document';
import { checkForm, textOf } from '../rendering/form';
import { FormSubmissions, Submitted, type Refusal, type SubmittedForm } from '../rendering/form-submission';
import type { PageContext } from '../rendering/page-context';
import { PageRenderer } from '../rendering/page-renderer';
import { requireConfirmation } from './confirmation';
import { addressOf, repositoryBases, RepositoryPages } from './repository-pages';
import { pageParametersSchema } from './repository-parameters';
import { settingsPage, type TextsForm } from './settings.page';

/** What owners change in a browser: texts, visibility, and what is deleted. */
@ApiExcludeController()
@Controller(repositoryBases)
@Access('anyone')
export class RepositorySettingsController {
  constructor(
    private readonly repositories: RepositoriesService,
    private readonly repositoryPages: RepositoryPages,
    private readonly submissions: FormSubmissions,
    private readonly pages: PageRenderer,
  ) {}

  @Get('settings')
  @Access('sign-in')
  async show(
    @Param({ schema: pageParametersSchema }) path: RepositoryPathDto,
    @Caller() caller: Identity,
    @Req() request: CallerRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.repositories.authorize(caller, toPath(path), 'metadata');
    const context = this.pages.contextOf(request, reply);
    const page = await this.settings(context, caller, path, undefined, { errors: [] });
    this.pages.send(reply, context, page);
  }

  @Post('settings')
  @HttpCode(303)
  async update(
    @Param({ schema: pageParametersSchema }) path: RepositoryPathDto,
    @Submitted() { request, caller, body: { preview, ...body } }: SubmittedForm,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const form: TextsForm = {
      description: textOf(body, 'description'),
      // Browsers send line breaks of two characters.
      readme: textOf(body, 'readme').replace(/\r\n?/g, '\n'),
      visibility: textOf(body, 'visibility'),
      preview: preview === 'true',
    };
    const act = async (context: PageContext): Promise<string | Page> => {
      if (form.preview) return this.settings(context, caller, path, form, { errors: [] });
      const { description, readme, visibility } = form;
      // Empty texts are values here: they remove what was there.
      const changes = { ...checkForm(repositoryChangesSchema, { readme, visibility }), description, readme };
      checkForm(repositoryChangesSchema, { description, visibility });
      await this.repositories.update(caller, toPath(path), changes, request.ip);
      return `${addressOf(path)}/settings`;
    };
    const show = (context: PageContext, refusal: Refusal): Promise<Page> =>
      this.settings(context, caller, path, form, refusal);
    await this.submissions.run({ request, reply, body, needsAccount: true, act, show });
  }

  @Post('delete')
  @HttpCode(303)
  async delete(
    @Param({ schema: pageParametersSchema }) path: RepositoryPathDto,
    @Submitted() { request, caller, body }: SubmittedForm,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const act = async (context: PageContext): Promise<string> => {
      const { fullName } = await this.repositories.find(caller, toPath(path));
      requireConfirmation(context, body, fullName);
      await this.repositories.delete(caller, toPath(path), request.ip);
      return '/';
    };
    const show = (context: PageContext, refusal: Refusal): Promise<Page> =>
      this.settings(context, caller, path, undefined, refusal);
    await this.submissions.run({ request, reply, body, needsAccount: true, act, show });
  }

  private async settings(
    context: PageContext,
    caller: Identity,
    path: RepositoryPathDto,
    typed: TextsForm | undefined,
    refusal: Refusal,
  ): Promise<Page> {
    const view = await this.repositoryPages.view(context, caller, path);
    const { description, readme, visibility } = view.repository;
    const form = typed ?? { description, readme, visibility, preview: false };
    return settingsPage({ context, view, form, refusal });
  }
}
