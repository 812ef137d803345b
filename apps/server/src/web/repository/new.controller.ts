import { Body, Controller, Get, HttpCode, Post, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { accountOf, type Identity } from '@central-index/accounts';
import type { FieldError } from '@central-index/platform/errors';
import { RepositoriesService } from '@central-index/repositories';
import type { FastifyReply } from 'fastify';
import { Access, Caller, type CallerRequest } from '../../access/access.decorator';
import { newRepositorySchema } from '../../api/repositories.dto';
import { checkForm, formErrors, textOf, type FormBody } from '../rendering/form';
import { formTokenField, FormTokens } from '../rendering/form-tokens';
import { PageRenderer } from '../rendering/page-renderer';
import { newRepositoryPage } from './new.page';

/** The page that makes a repository. */
@ApiExcludeController()
@Controller('new')
export class NewRepositoryController {
  constructor(
    private readonly repositories: RepositoriesService,
    private readonly forms: FormTokens,
    private readonly pages: PageRenderer,
  ) {}

  @Get()
  @Access('sign-in')
  show(@Req() request: CallerRequest, @Res() reply: FastifyReply): void {
    this.send(request, reply, {}, []);
  }

  // Callers whose session has ended meanwhile get the form back with what they typed.
  @Post()
  @Access('anyone')
  @HttpCode(303)
  async create(
    @Body() body: FormBody,
    @Caller() caller: Identity,
    @Req() request: CallerRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { forms } = this.pages.contextOf(request, reply).messages;
    const account = accountOf(caller);
    if (account === undefined)
      return this.send(request, reply, body, [{ field: '', message: forms.ended }], 401);
    if (!this.forms.isValid(request, body[formTokenField])) {
      return this.send(request, reply, body, [{ field: '', message: forms.stale }], 422);
    }
    try {
      const { name, ...texts } = checkForm(newRepositorySchema, body);
      const path = `${account.name}/${name}`;
      await this.repositories.create(caller, path, texts, request.ip);
      void reply.redirect(`/r/${path}`, 303);
    } catch (error) {
      const errors = formErrors(error);
      const { status } = error as { status: number };
      this.send(request, reply, body, errors, status === 429 ? 429 : 422);
    }
  }

  private send(
    request: CallerRequest,
    reply: FastifyReply,
    body: FormBody,
    errors: readonly FieldError[],
    status?: number,
  ): void {
    const context = this.pages.contextOf(request, reply);
    const page = newRepositoryPage(context, {
      namespace: context.account?.name ?? '',
      name: textOf(body, 'name'),
      description: textOf(body, 'description'),
      visibility: textOf(body, 'visibility'),
      errors,
      ...(status === undefined ? {} : { status }),
    });
    this.pages.send(reply, context, page);
  }
}
