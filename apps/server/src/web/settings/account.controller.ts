import { Controller, Get, HttpCode, Inject, Post, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { AccountSettingsService, SessionsService, type SignedIn } from '@central-index/accounts';
import { CONFIG, type Config } from '@central-index/platform/config';
import { invalidInput } from '@central-index/platform/errors';
import { DeletedAccountsService } from '@central-index/repositories';
import type { FastifyReply } from 'fastify';
import { Access, type CallerRequest } from '../../access/access.decorator';
import { SessionCookie } from '../../access/session-cookie';
import { toUser, userChangesSchema, userDeletionSchema } from '../../api/users.dto';
import type { Page } from '../layout/document';
import { checkForm, textOf } from '../rendering/form';
import { FormSubmissions, Submitted, type Refusal, type SubmittedForm } from '../rendering/form-submission';
import type { PageContext } from '../rendering/page-context';
import { PageRenderer } from '../rendering/page-renderer';
import { passwordPage } from './password.page';
import { profilePage } from './profile.page';

const nothing = { errors: [] };

/** A user's own account: e-mail address, password, deletion. */
@ApiExcludeController()
@Controller('settings')
@Access('sign-in')
export class AccountSettingsController {
  constructor(
    private readonly settings: AccountSettingsService,
    private readonly sessions: SessionsService,
    private readonly deletedAccounts: DeletedAccountsService,
    private readonly cookie: SessionCookie,
    private readonly submissions: FormSubmissions,
    private readonly pages: PageRenderer,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  @Get()
  redirect(@Res() reply: FastifyReply): void {
    void reply.redirect('/settings/profile', 303);
  }

  @Get('profile')
  profile(@Req() request: CallerRequest, @Res() reply: FastifyReply): void {
    const context = this.pages.contextOf(request, reply);
    this.pages.send(reply, context, profile(context, context.account?.email ?? '', nothing));
  }

  @Get('password')
  password(@Req() request: CallerRequest, @Res() reply: FastifyReply): void {
    const context = this.pages.contextOf(request, reply);
    this.pages.send(reply, context, passwordPage(context, this.config.accounts.passwordMinLength, nothing));
  }

  @Post('profile')
  @Access('anyone')
  @HttpCode(303)
  async changeEmail(
    @Submitted() { request, caller, body }: SubmittedForm,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const act = async (): Promise<string> => {
      const { email } = checkForm(userChangesSchema, { email: body['email'] });
      await this.settings.update(caller as SignedIn, { email }, request.ip);
      return '/settings/profile';
    };
    const show = (context: PageContext, refusal: Refusal): Page =>
      profile(context, textOf(body, 'email'), refusal);
    await this.submissions.run({ request, reply, body, needsAccount: true, act, show });
  }

  @Post('password')
  @Access('anyone')
  @HttpCode(303)
  async changePassword(
    @Submitted() { request, caller, body }: SubmittedForm,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const act = async (): Promise<string> => {
      const { password, current_password: currentPassword } = checkForm(userChangesSchema, body);
      const { ip: address } = request;
      const changed = await this.settings.update(caller as SignedIn, { password, currentPassword }, address);
      // The change has ended all sessions, this one as well.
      const origin = { address, userAgent: request.headers['user-agent'] };
      this.cookie.set(reply, await this.sessions.start(changed, origin));
      return '/settings/sessions';
    };
    const show = (context: PageContext, refusal: Refusal): Page =>
      passwordPage(context, this.config.accounts.passwordMinLength, refusal);
    await this.submissions.run({ request, reply, body, needsAccount: true, act, show });
  }

  @Post('delete')
  @Access('anyone')
  @HttpCode(303)
  async deleteAccount(
    @Submitted() { request, caller, body: { confirm, ...body } }: SubmittedForm,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const act = async ({ account, messages }: PageContext): Promise<string> => {
      if (confirm !== account!.name) {
        throw invalidInput([{ field: 'confirm', message: messages.forms.notConfirmed }]);
      }
      const { password } = checkForm(userDeletionSchema, body);
      await this.settings.delete(caller as SignedIn, password, request.ip);
      await this.deletedAccounts.deleteStars(account!.id);
      this.cookie.clear(reply);
      return '/';
    };
    const show = (context: PageContext, refusal: Refusal): Page =>
      profile(context, context.account?.email ?? '', refusal);
    await this.submissions.run({ request, reply, body, needsAccount: true, act, show });
  }
}

const profile = (context: PageContext, email: string, refusal: Refusal): Page =>
  profilePage(context, toUser(context.account!), email, refusal);
