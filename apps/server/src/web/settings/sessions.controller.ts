import { Controller, Get, HttpCode, Param, Post, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { RefreshTokensService, SessionsService, type Identity, type SignedIn } from '@central-index/accounts';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { Access, Caller, type CallerRequest } from '../../access/access.decorator';
import { SessionCookie } from '../../access/session-cookie';
import { idText } from '../../api/query-values';
import type { Page } from '../layout/document';
import { FormSubmissions, Submitted, type Refusal, type SubmittedForm } from '../rendering/form-submission';
import type { PageContext } from '../rendering/page-context';
import { PageRenderer } from '../rendering/page-renderer';
import { loginsPage, sessionsPage } from './sessions.page';

// An account has at most 100 sessions.
const limit = 100;
const idSchema = z.strictObject({ id: idText });

/** Sessions of browsers and logins of clients, in a browser. */
@ApiExcludeController()
@Controller('settings')
@Access('anyone')
export class SessionsPageController {
  constructor(
    private readonly sessions: SessionsService,
    private readonly logins: RefreshTokensService,
    private readonly cookie: SessionCookie,
    private readonly submissions: FormSubmissions,
    private readonly pages: PageRenderer,
  ) {}

  @Get('sessions')
  @Access('sign-in')
  async showSessions(
    @Caller() caller: SignedIn,
    @Req() request: CallerRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const context = this.pages.contextOf(request, reply);
    this.pages.send(reply, context, await this.sessionsPage(context, caller, { errors: [] }));
  }

  @Get('logins')
  @Access('sign-in')
  async showLogins(
    @Caller() caller: SignedIn,
    @Req() request: CallerRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const context = this.pages.contextOf(request, reply);
    this.pages.send(reply, context, await this.loginsPage(context, { errors: [] }));
  }

  @Post(['sessions/end', 'sessions/:id/end'])
  @HttpCode(303)
  async endSessions(
    @Param({ schema: idSchema.partial() }) { id }: { id?: string },
    @Submitted() { request, caller, body }: SubmittedForm,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const act = async (): Promise<string> => {
      const person = caller as SignedIn;
      if (id === undefined) await this.sessions.endAll(person, request.ip);
      else await this.sessions.endOne(person, id, request.ip);
      const endsThis = id === undefined || id === person.sessionId;
      if (endsThis) this.cookie.clear(reply);
      return endsThis ? '/' : '/settings/sessions';
    };
    const show = (context: PageContext, refusal: Refusal): Promise<Page> =>
      this.sessionsPage(context, caller, refusal);
    await this.submissions.run({ request, reply, body, needsAccount: true, act, show });
  }

  @Post(['logins/end', 'logins/:id/end'])
  @HttpCode(303)
  async endLogins(
    @Param({ schema: idSchema.partial() }) { id }: { id?: string },
    @Submitted() { request, caller, body }: SubmittedForm,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const act = async (): Promise<string> => {
      if (id === undefined) await this.logins.revokeAll(caller as SignedIn, request.ip);
      else await this.logins.revoke(caller as SignedIn, id, request.ip);
      return '/settings/logins';
    };
    const show = (context: PageContext, refusal: Refusal): Promise<Page> => this.loginsPage(context, refusal);
    await this.submissions.run({ request, reply, body, needsAccount: true, act, show });
  }

  private async sessionsPage(context: PageContext, caller: Identity, refusal: Refusal): Promise<Page> {
    const sessions = await this.sessions.list(context.account!, { limit });
    return sessionsPage(context, sessions, (caller as SignedIn).sessionId, refusal);
  }

  private async loginsPage(context: PageContext, refusal: Refusal): Promise<Page> {
    return loginsPage(context, await this.logins.list(context.account!, { limit }), refusal);
  }
}
