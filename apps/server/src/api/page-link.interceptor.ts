import {
  Inject,
  Injectable,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import { CONFIG, type Config } from '@central-index/platform/config';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { map, type Observable } from 'rxjs';
import type { ListDto } from './page.dto';

/**
 * Adds `Link: <…>; rel="next"` (RFC 8288) to a page that is not the last one: the request's own address with the cursor of
 * the next page. It is under PUBLIC_URL, never under the Host of the request.
 */
@Injectable()
export class PageLinkInterceptor implements NestInterceptor<ListDto<unknown>, ListDto<unknown>> {
  constructor(@Inject(CONFIG) private readonly config: Config) {}

  intercept(context: ExecutionContext, next: CallHandler<ListDto<unknown>>): Observable<ListDto<unknown>> {
    const http = context.switchToHttp();
    const { url } = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    return next.handle().pipe(
      map((page) => {
        if (page.next !== null)
          void reply.header('link', nextLink(this.config.server.publicUrl, url, page.next));
        return page;
      }),
    );
  }
}

/** The value of `Link` for the page after the one at `url`, a path with its query. */
export function nextLink(publicUrl: string, url: string, cursor: string): string {
  const query = url.indexOf('?');
  const link = new URL(publicUrl);
  // Assigned apart, so that a path such as `//other.example` stays a path. The setters encode what a URI may not contain.
  link.pathname = query < 0 ? url : url.slice(0, query);
  link.search = query < 0 ? '' : url.slice(query);
  link.searchParams.delete('page');
  link.searchParams.set('cursor', cursor);
  return `<${link.href}>; rel="next"`;
}
