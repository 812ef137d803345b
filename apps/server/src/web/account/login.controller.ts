import { Controller, Get, HttpCode, Post, Query, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { accountOf, SessionsService, type Identity } from '@central-index/accounts';
import type { FastifyReply } from 'fastify';
import { Access, Caller, type CallerRequest } from '../../access/access.decorator';
import { Authenticator } from '../../access/authenticator';
import { SessionCookie } from '../../access/session-cookie';
import { loginSchema } from '../../api/users.dto';
import { checkForm, textOf, type FormBody } from '../rendering/form';
import { FormSubmissions, Submitted, type SubmittedForm } from '../rendering/form-submission';
import { formTokenField, FormTokens } from '../rendering/form-tokens';
import { localPath } from '../rendering/local-path';
import { PageRenderer } from '../rendering/page-renderer';
import { loginPage } from './login.page';
import { carriedForm } from './resumed-form';

/** Log-in and log-out in a browser. */
@ApiExcludeController()
@Controller()
@Access('anyone')
export class LoginPageController {
  constructor(
    private readonly authenticator: Authenticator,
    private readonly sessions: SessionsService,
    private readonly cookie: SessionCookie,
    private readonly forms: FormTokens,
    private readonly submissions: FormSubmissions,
    private readonly pages: PageRenderer,
  ) {}

  @Get('login')
  show(
    @Query() query: FormBody,
    @Caller() caller: Identity,
    @Req() request: CallerRequest,
    @Res() reply: FastifyReply,
  ): void {
    const next = localPath(query['next']);
    if (accountOf(caller) !== undefined) return void reply.redirect(next, 303);
    const context = this.pages.contextOf(request, reply);
    this.pages.send(reply, context, loginPage(context, { username: '', next, errors: [] }));
  }

  @Post('login')
  @HttpCode(303)
  async logIn(@Submitted() { request, body }: SubmittedForm, @Res() reply: FastifyReply): Promise<void> {
    const next = localPath(body['next']);
    const resumed = carriedForm(body);
    const username = textOf(body, 'username');
    await this.submissions.run({
      request,
      reply,
      body,
      needsAccount: false,
      act: async () => {
        // The password strategy reads the body of the request.
        (request as { body: unknown }).body = checkForm(loginSchema, {
          username,
          password: textOf(body, 'password'),
        });
        const identity = await this.authenticator.signIn(request);
        await this.endSession(request);
        const origin = { address: request.ip, userAgent: request.headers['user-agent'] };
        this.cookie.set(reply, await this.sessions.start(identity, origin));
        // Its token is that of the former session, so that it comes back to be checked and is not carried out.
        return resumed === undefined ? next : { resumedAt: resumed.action };
      },
      show: (context, { errors }) => loginPage(context, { username, next, errors, resumed }),
    });
  }

  @Post('logout')
  @HttpCode(303)
  async logOut(@Submitted() { request, body }: SubmittedForm, @Res() reply: FastifyReply): Promise<void> {
    if (this.forms.isValid(request, body[formTokenField])) {
      await this.endSession(request);
      this.cookie.clear(reply);
    }
    void reply.redirect('/', 303);
  }

  private async endSession(request: CallerRequest): Promise<void> {
    const secret = this.cookie.read(request);
    if (secret !== undefined) await this.sessions.end(secret);
  }
}
