import { Injectable } from '@nestjs/common';
import { anonymous, type Identity } from '@central-index/accounts';
import type { DomainError } from '@central-index/platform/errors';
import type { FastifyReply } from 'fastify';
import type { CallerRequest } from '../../access/access.decorator';
import { Authenticator } from '../../access/authenticator';
import type { ErrorPages } from '../../http/error.filter';
import { endedSessionPage } from '../account/ended-session.page';
import type { FormBody } from '../rendering/form';
import { PageRenderer } from '../rendering/page-renderer';
import { errorPage } from './error.page';

/** Shows errors in a browser: as a page, or the log-in form where that is what is missing. */
@Injectable()
export class PageErrors implements ErrorPages {
  constructor(
    private readonly authenticator: Authenticator,
    private readonly pages: PageRenderer,
  ) {}

  /** Sends the error; who has to log in first is led there, and from there back. */
  async send(error: DomainError, request: CallerRequest, reply: FastifyReply): Promise<void> {
    if (error.status === 401 && request.method === 'GET') {
      return void reply.redirect(`/login?next=${encodeURIComponent(request.originalUrl)}`, 303);
    }
    // No route was found, or it failed before it asked who calls.
    request.caller ??= await this.identify(request, error);
    if (reply.sent) return;
    const context = this.pages.contextOf(request, reply);
    // Of a form, nothing that was typed is lost.
    if (error.status === 401 && context.account === undefined) {
      return this.pages.send(reply, context, endedSessionPage(context, (request.body ?? {}) as FormBody));
    }
    this.pages.send(reply, context, errorPage(context, error, String(request.id)));
  }

  // While the database is unavailable, this would only fail again, later.
  private async identify(request: CallerRequest, error: DomainError): Promise<Identity> {
    if (error.status === 503) return anonymous;
    return this.authenticator.identify(request).catch(() => anonymous);
  }
}
