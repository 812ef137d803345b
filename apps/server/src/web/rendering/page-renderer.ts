import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '@central-index/platform/config';
import type { FastifyReply } from 'fastify';
import type { CallerRequest } from '../../access/access.decorator';
import { Assets } from '../assets/assets';
import { documentOf, type Page } from '../layout/document';
import { FormTokens } from './form-tokens';
import { pageContext, type PageContext } from './page-context';
import { pagePolicy } from './page-policy';

/** Sends pages: the document around them, and the headers that all of them have. */
@Injectable()
export class PageRenderer {
  constructor(
    private readonly assets: Assets,
    private readonly forms: FormTokens,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** The context of the response to a request. */
  contextOf(request: CallerRequest, reply: FastifyReply): PageContext {
    return pageContext(request, reply, this.forms);
  }

  /** Sends a page, with status 200 unless it has another. */
  send(reply: FastifyReply, context: PageContext, page: Page): void {
    this.sendHtml(reply, context, this.htmlOf(context, page), page.status ?? 200);
  }

  /** The HTML of a page. */
  htmlOf(context: PageContext, page: Page): string {
    const { publicUrl } = this.config.server;
    return documentOf({ page, context, assets: this.assets, publicUrl });
  }

  /** Sends the HTML of a page. */
  sendHtml(reply: FastifyReply, context: PageContext, html: string, status: number): void {
    void reply
      .status(status)
      .headers({
        'content-type': 'text/html; charset=utf-8',
        'content-security-policy': pagePolicy,
        'referrer-policy': 'same-origin',
        vary: 'cookie, accept-language',
        'content-language': context.locale,
        // Private pages stay in no cache, the browser's own included.
        'cache-control': context.account === undefined ? 'private, no-cache' : 'private, no-store',
      })
      .send(html);
  }
}
