import { Controller, Get, HttpCode, Inject, Post, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { accountOf, AccountsService, SessionsService, type Identity } from '@central-index/accounts';
import { SignUpService } from '@central-index/namespaces';
import { CONFIG, type Config } from '@central-index/platform/config';
import type { FieldError } from '@central-index/platform/errors';
import type { FastifyReply } from 'fastify';
import { Access, Caller, type CallerRequest } from '../../access/access.decorator';
import { SessionCookie } from '../../access/session-cookie';
import { newUserSchema } from '../../api/users.dto';
import type { Page } from '../layout/document';
import { checkForm, textOf, type FormBody } from '../rendering/form';
import { FormSubmissions, Submitted, type SubmittedForm } from '../rendering/form-submission';
import type { PageContext } from '../rendering/page-context';
import { PageRenderer } from '../rendering/page-renderer';
import { signUpPage } from './sign-up.page';

/** Sign-up in a browser. */
@ApiExcludeController()
@Controller('signup')
@Access('anyone')
export class SignUpPageController {
  constructor(
    private readonly signUps: SignUpService,
    private readonly accounts: AccountsService,
    private readonly sessions: SessionsService,
    private readonly cookie: SessionCookie,
    private readonly submissions: FormSubmissions,
    private readonly pages: PageRenderer,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  @Get()
  show(@Caller() caller: Identity, @Req() request: CallerRequest, @Res() reply: FastifyReply): void {
    if (accountOf(caller) !== undefined) return void reply.redirect('/', 303);
    const context = this.pages.contextOf(request, reply);
    this.pages.send(reply, context, this.page(context, {}, []));
  }

  @Post()
  @HttpCode(303)
  async signUp(@Submitted() { request, body }: SubmittedForm, @Res() reply: FastifyReply): Promise<void> {
    await this.submissions.run({
      request,
      reply,
      body,
      needsAccount: false,
      act: async () => {
        const person = checkForm(newUserSchema, body);
        const { ip: address } = request;
        await this.signUps.signUp(person, { address });
        const credentials = { name: person.username, secret: person.password, address };
        const identity = await this.accounts.authenticate(credentials);
        const origin = { address, userAgent: request.headers['user-agent'] };
        this.cookie.set(reply, await this.sessions.start(identity, origin));
        return '/';
      },
      show: (context, { errors }) => this.page(context, body, errors),
    });
  }

  private page(context: PageContext, body: FormBody, errors: readonly FieldError[]): Page {
    const { signUp: mode, passwordMinLength: minPasswordLength } = this.config.accounts;
    return signUpPage(context, {
      username: textOf(body, 'username'),
      email: textOf(body, 'email'),
      invite: textOf(body, 'invite'),
      mode,
      minPasswordLength,
      errors,
    });
  }
}
