import { Body, Controller, Get, HttpCode, Post, Query, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { accountOf, SessionsService, type Identity } from '@central-index/accounts';
import type { FastifyReply } from 'fastify';
import { Access, Caller, type CallerRequest } from '../../access/access.decorator';
import { Authenticator } from '../../access/authenticator';
import { SessionCookie } from '../../access/session-cookie';
import { loginSchema } from '../../api/users.dto';
import { checkForm, formErrors, textOf, type FormBody } from '../rendering/form';
import { formTokenField, FormTokens } from '../rendering/form-tokens';
import { localPath } from '../rendering/local-path';
import { PageRenderer } from '../rendering/page-renderer';
import { loginPage } from './login.page';

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
  async logIn(
    @Body() body: FormBody,
    @Req() request: CallerRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const next = localPath(body['next']);
    const context = this.pages.contextOf(request, reply);
    const form = { username: textOf(body, 'username'), next };
    if (!this.forms.isValid(request, body[formTokenField])) {
      const errors = [{ field: '', message: context.messages.forms.stale }];
      return this.pages.send(reply, context, loginPage(context, { ...form, errors, status: 422 }));
    }
    try {
      // The password strategy reads the body of the request.
      (request as { body: unknown }).body = checkForm(loginSchema, body);
      const identity = await this.authenticator.signIn(request);
      await this.endSession(request);
      const origin = { address: request.ip, userAgent: request.headers['user-agent'] };
      this.cookie.set(reply, await this.sessions.start(identity, origin));
    } catch (error) {
      const errors = formErrors(error);
      const status =
        (error as { status: number }).status === 400 ? 422 : (error as { status: number }).status;
      return this.pages.send(reply, context, loginPage(context, { ...form, errors, status }));
    }
    void reply.redirect(next, 303);
  }

  @Post('logout')
  @HttpCode(303)
  async logOut(
    @Body() body: FormBody,
    @Req() request: CallerRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
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
