import { Injectable } from '@nestjs/common';
import type { DomainError } from '@central-index/platform/errors';
import type { FastifyReply } from 'fastify';
import type { CallerRequest } from '../../access/access.decorator';
import type { ErrorPages } from '../../http/error.filter';
import type { FormBody } from '../rendering/form';
import { PageRenderer } from '../rendering/page-renderer';
import { endedSessionPage } from './ended-session.page';
import { errorPage } from './error.page';

/** Shows errors in a browser: as a page, or the log-in form where that is what is missing. */
@Injectable()
export class PageErrors implements ErrorPages {
  constructor(private readonly pages: PageRenderer) {}

  /** Sends the error; who has to log in first is led there, and from there back. */
  send(error: DomainError, request: CallerRequest, reply: FastifyReply): void {
    if (error.status === 401 && request.method === 'GET') {
      return void reply.redirect(`/login?next=${encodeURIComponent(request.originalUrl)}`, 303);
    }
    const context = this.pages.contextOf(request, reply);
    // Of a form, nothing that was typed is lost.
    if (error.status === 401 && context.account === undefined) {
      return this.pages.send(reply, context, endedSessionPage(context, (request.body ?? {}) as FormBody));
    }
    this.pages.send(reply, context, errorPage(context, error, String(request.id)));
  }
}
