import { Catch, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { unavailabilityLogOf } from '@central-index/platform/database';
import { DomainError, internalError } from '@central-index/platform/errors';
import type { Logger } from '@central-index/platform/logging';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { isUncheckedInput, toDomainError } from './http.errors';
import { setRateLimits } from './rate-limit-headers';
import { errorRenderers, surfaceOf } from './surface';

/** Shows errors in a browser. */
export interface ErrorPages {
  send(error: DomainError, request: FastifyRequest, reply: FastifyReply): Promise<void>;
}

/** Sends every error in the format of its surface. One that is not in the catalogue is a 500 with an id that is logged. */
@Catch()
export class ErrorFilter implements ExceptionFilter {
  private pages: ErrorPages | undefined;

  constructor(private readonly logger: Logger) {}

  /** Sets what shows errors in a browser. Until then they have the format of the API. */
  usePages(pages: ErrorPages): void {
    this.pages = pages;
  }

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    this.send(error, http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>());
  }

  /** Also for errors that are thrown before a route is found, such as for a path that cannot be decoded. */
  send(thrown: unknown, request: FastifyRequest, reply: FastifyReply): void {
    if (reply.sent) return;
    const error = toDomainError(thrown) ?? this.unhandled(thrown, request);
    this.logReason(error, thrown, request);
    // That of the route, such as of a certificate, which Fastify would refuse to send an object as.
    void reply.removeHeader('content-type');
    if (error.retryAfterSeconds !== undefined) void reply.header('retry-after', error.retryAfterSeconds);
    setRateLimits(reply, error.rateLimits);
    const surface = surfaceOf(request);
    if (surface === 'pages' && this.pages !== undefined) {
      return void this.pages.send(error, request, reply).catch((failure: unknown) => {
        this.logger.error({ err: failure, requestId: request.id }, 'the page of an error failed');
        if (!reply.sent) void reply.status(500).send();
      });
    }
    const { headers = {}, body } = errorRenderers[surface === 'pages' ? 'api' : surface].render(
      error,
      request,
    );
    void reply.status(error.status).header('cache-control', 'no-store').headers(headers).send(body);
  }

  private logReason(error: DomainError, thrown: unknown, request: FastifyRequest): void {
    const { code, status, privateDetail: detail } = error;
    const requestId = request.id;
    if (!(thrown instanceof DomainError)) {
      // Every request fails for the same reason while the database is unavailable.
      if (status === 503) unavailabilityLogOf(this.logger).report(thrown, { source: 'request', requestId });
      if (isUncheckedInput(thrown)) {
        this.logger.error(
          { err: thrown, requestId },
          'the database refused a value that no check had refused',
        );
      }
    } else if (status === 503) {
      unavailabilityLogOf(this.logger).reportCause(typeof detail === 'string' ? detail : code, { requestId });
    } else if (detail !== undefined) {
      this.logger.info({ requestId, code, detail }, 'request refused');
    }
  }

  private unhandled(thrown: unknown, request: FastifyRequest): DomainError {
    this.logger.error({ err: thrown, requestId: request.id }, 'unhandled error');
    return internalError(String(request.id));
  }
}
