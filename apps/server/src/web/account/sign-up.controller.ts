import { Body, Controller, Get, HttpCode, Inject, Post, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { accountOf, AccountsService, SessionsService, type Identity } from '@central-index/accounts';
import { SignUpService } from '@central-index/namespaces';
import { CONFIG, type Config } from '@central-index/platform/config';
import type { FieldError } from '@central-index/platform/errors';
import type { FastifyReply } from 'fastify';
import { Access, Caller, type CallerRequest } from '../../access/access.decorator';
import { SessionCookie } from '../../access/session-cookie';
import { newUserSchema } from '../../api/users.dto';
import { checkForm, formErrors, textOf, type FormBody } from '../rendering/form';
import { formTokenField, FormTokens } from '../rendering/form-tokens';
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
    private readonly forms: FormTokens,
    private readonly pages: PageRenderer,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  @Get()
  show(@Caller() caller: Identity, @Req() request: CallerRequest, @Res() reply: FastifyReply): void {
    if (accountOf(caller) !== undefined) return void reply.redirect('/', 303);
    this.send(request, reply, {}, []);
  }

  @Post()
  @HttpCode(303)
  async signUp(
    @Body() body: FormBody,
    @Req() request: CallerRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    if (!this.forms.isValid(request, body[formTokenField])) {
      const { messages } = this.pages.contextOf(request, reply);
      return this.send(request, reply, body, [{ field: '', message: messages.forms.stale }], 422);
    }
    const address = request.ip;
    try {
      const person = checkForm(newUserSchema, body);
      await this.signUps.signUp(person, { address });
      const identity = await this.accounts.authenticate({
        name: person.username,
        secret: person.password,
        address,
      });
      const userAgent = request.headers['user-agent'];
      this.cookie.set(reply, await this.sessions.start(identity, { address, userAgent }));
    } catch (error) {
      const errors = formErrors(error);
      const { status } = error as { status: number };
      return this.send(request, reply, body, errors, status === 429 || status === 403 ? status : 422);
    }
    void reply.redirect('/', 303);
  }

  private send(
    request: CallerRequest,
    reply: FastifyReply,
    body: FormBody,
    errors: readonly FieldError[],
    status?: number,
  ): void {
    const context = this.pages.contextOf(request, reply);
    const page = signUpPage(context, {
      username: textOf(body, 'username'),
      email: textOf(body, 'email'),
      invite: textOf(body, 'invite'),
      mode: this.config.accounts.signUp,
      minPasswordLength: this.config.accounts.passwordMinLength,
      errors,
      ...(status === undefined ? {} : { status }),
    });
    this.pages.send(reply, context, page);
  }
}
