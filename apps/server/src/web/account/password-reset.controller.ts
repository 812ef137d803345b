import { Controller, Get, HttpCode, Inject, Param, Post, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { PasswordResetsService } from '@central-index/accounts';
import { CONFIG, type Config } from '@central-index/platform/config';
import { DomainError } from '@central-index/platform/errors';
import type { FastifyReply } from 'fastify';
import { Access, type CallerRequest } from '../../access/access.decorator';
import { newPasswordSchema, resetPathSchema, type ResetPathDto } from '../../api/password-resets.dto';
import type { Page } from '../layout/document';
import { checkForm } from '../rendering/form';
import { FormSubmissions, Submitted, type Refusal, type SubmittedForm } from '../rendering/form-submission';
import type { PageContext } from '../rendering/page-context';
import { PageRenderer } from '../rendering/page-renderer';
import { invalidResetPage, passwordResetPage } from './password-reset.page';

/** Links that set a password, in a browser. The link is the only credential that is needed. */
@ApiExcludeController()
@Controller('password-resets/:token')
@Access('anyone')
export class PasswordResetPageController {
  constructor(
    private readonly resets: PasswordResetsService,
    private readonly submissions: FormSubmissions,
    private readonly pages: PageRenderer,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  @Get()
  async show(
    @Param({ schema: resetPathSchema }) { token }: ResetPathDto,
    @Req() request: CallerRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const context = this.pages.contextOf(request, reply);
    this.pages.send(reply, context, await this.page(context, token, { errors: [] }));
  }

  @Post()
  @HttpCode(303)
  async redeem(
    @Param({ schema: resetPathSchema }) { token }: ResetPathDto,
    @Submitted() { request, body }: SubmittedForm,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const act = (context: PageContext): Promise<string | Page> =>
      orInvalid(context, async () => {
        const { password } = checkForm(newPasswordSchema, { password: body['password'] });
        await this.resets.redeem(token, password, request.ip);
        return '/login';
      });
    const show = (context: PageContext, refusal: Refusal): Promise<Page> =>
      this.page(context, token, refusal);
    await this.submissions.run({ request, reply, body, needsAccount: false, act, show });
  }

  private page(context: PageContext, token: string, { errors }: Refusal): Promise<Page> {
    return orInvalid(context, async () => {
      const { name: username, expiresAt } = await this.resets.find(token);
      const minLength = this.config.accounts.passwordMinLength;
      return passwordResetPage(context, { token, username, expiresAt, minLength, errors });
    });
  }
}

async function orInvalid<T>(context: PageContext, act: () => Promise<T>): Promise<T | Page> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof DomainError && error.code === 'PASSWORD_RESET_INVALID')
      return invalidResetPage(context);
    throw error;
  }
}
