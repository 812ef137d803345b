import { Catch, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { internalError, type DomainError } from '@central-index/platform/errors';
import type { Logger } from '@central-index/platform/logging';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { toDomainError } from './http.errors';
import { errorRenderers, surfaceOf } from './surface';

/** Sends every error in the format of its surface. One that is not in the catalogue is a 500 with an id that is logged. */
@Catch()
export class ErrorFilter implements ExceptionFilter {
  constructor(private readonly logger: Logger) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    this.send(error, http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>());
  }

  /** Also for errors that are thrown before a route is found, such as for a path that cannot be decoded. */
  send(thrown: unknown, request: FastifyRequest, reply: FastifyReply): void {
    if (reply.sent) return;
    const error = toDomainError(thrown) ?? this.unhandled(thrown, request);
    if (error.privateDetail !== undefined) {
      const { code, privateDetail: detail } = error;
      this.logger.info({ requestId: request.id, code, detail }, 'request refused');
    }
    const { headers = {}, body } = errorRenderers[surfaceOf(request)].render(error, request);
    if (error.retryAfterSeconds !== undefined) void reply.header('retry-after', error.retryAfterSeconds);
    void reply.status(error.status).header('cache-control', 'no-store').headers(headers).send(body);
  }

  private unhandled(thrown: unknown, request: FastifyRequest): DomainError {
    this.logger.error({ err: thrown, requestId: request.id }, 'unhandled error');
    return internalError(String(request.id));
  }
}
