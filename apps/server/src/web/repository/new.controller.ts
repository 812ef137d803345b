import { Controller, Get, HttpCode, Post, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FieldError } from '@central-index/platform/errors';
import { RepositoriesService } from '@central-index/repositories';
import type { FastifyReply } from 'fastify';
import { Access, type CallerRequest } from '../../access/access.decorator';
import { newRepositorySchema } from '../../api/repositories.dto';
import type { Page } from '../layout/document';
import { checkForm, textOf, type FormBody } from '../rendering/form';
import { FormSubmissions, Submitted, type SubmittedForm } from '../rendering/form-submission';
import type { PageContext } from '../rendering/page-context';
import { PageRenderer } from '../rendering/page-renderer';
import { newRepositoryPage } from './new.page';

/** The page that makes a repository. */
@ApiExcludeController()
@Controller('new')
export class NewRepositoryController {
  constructor(
    private readonly repositories: RepositoriesService,
    private readonly submissions: FormSubmissions,
    private readonly pages: PageRenderer,
  ) {}

  @Get()
  @Access('sign-in')
  show(@Req() request: CallerRequest, @Res() reply: FastifyReply): void {
    const context = this.pages.contextOf(request, reply);
    this.pages.send(reply, context, page(context, {}, []));
  }

  // Callers whose session has ended meanwhile get the form back with what they typed.
  @Post()
  @Access('anyone')
  @HttpCode(303)
  async create(
    @Submitted() { request, caller, body }: SubmittedForm,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.submissions.run({
      request,
      reply,
      body,
      needsAccount: true,
      act: async ({ account }) => {
        const { name, ...texts } = checkForm(newRepositorySchema, body);
        const path = `${account!.name}/${name}`;
        await this.repositories.create(caller, path, texts, request.ip);
        return `/r/${path}`;
      },
      show: (context, { errors }) => page(context, body, errors),
    });
  }
}

function page(context: PageContext, body: FormBody, errors: readonly FieldError[]): Page {
  return newRepositoryPage(context, {
    namespace: context.account?.name ?? '',
    name: textOf(body, 'name'),
    description: textOf(body, 'description'),
    visibility: textOf(body, 'visibility'),
    errors,
  });
}
