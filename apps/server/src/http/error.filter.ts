import { Catch, HttpException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { isConnectionError } from '@central-index/platform/database';
import {
  defineError,
  DomainError,
  internalError,
  invalidInput,
  notFound,
  unavailable,
} from '@central-index/platform/errors';
import type { Logger } from '@central-index/platform/logging';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { surfaceOf } from './surface';

const tooLarge = defineError({
  code: 'TOO_LARGE',
  status: 413,
  description: 'The request is larger than the route takes.',
  message: () => 'the request is too large',
});
const unsupportedMediaType = defineError({
  code: 'UNSUPPORTED_MEDIA_TYPE',
  status: 415,
  description: 'The body is of a media type that the route does not read.',
  message: () => 'send the body as application/json',
});
const methodNotAllowed = defineError({
  code: 'METHOD_NOT_ALLOWED',
  status: 405,
  description: 'The path exists, but not with this method.',
  message: () => 'method not allowed',
});

/** Renders every error as its surface needs it. What is not in the catalogue is a 500 with an id found in the log. */
@Catch()
export class ErrorFilter implements ExceptionFilter {
  constructor(private readonly logger: Logger) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    this.render(error, http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>());
  }

  /** Also used for errors that come before any route, such as a path that cannot be decoded. */
  render(thrown: unknown, request: FastifyRequest, reply: FastifyReply): void {
    if (reply.sent) return;
    const error = known(thrown) ?? this.unknown(thrown, request);
    if (error.privateDetail !== undefined) {
      const { code, privateDetail: detail } = error;
      this.logger.info({ requestId: request.id, code, detail }, 'refused');
    }
    if (error.retryAfterSeconds !== undefined) void reply.header('retry-after', error.retryAfterSeconds);
    if (error.status === 401 && surfaceOf(request.url) === 'token') {
      void reply.header('www-authenticate', 'Basic realm="Central Index"');
    }
    void reply.status(error.status).header('cache-control', 'no-store').send(body(error, request.url));
  }

  private unknown(thrown: unknown, request: FastifyRequest): DomainError {
    this.logger.error({ err: thrown, requestId: request.id }, 'unhandled error');
    return internalError(String(request.id));
  }
}

function known(thrown: unknown): DomainError | undefined {
  if (thrown instanceof DomainError) return thrown;
  if (isConnectionError(thrown)) return unavailable().retryAfter(2);
  const status =
    thrown instanceof HttpException ? thrown.getStatus() : (thrown as { statusCode?: number }).statusCode;
  if (status === 404) return notFound('page');
  if (status === 405) return methodNotAllowed();
  if (status === 413) return tooLarge();
  if (status === 415) return unsupportedMediaType();
  if (status !== undefined && status >= 400 && status < 500) {
    return invalidInput([{ field: '', message: (thrown as Error).message }]);
  }
  // U+0000 and broken encodings reach PostgreSQL only as a value of the caller's.
  const sqlState = (thrown as { driverError?: { code?: string } }).driverError?.code;
  if (sqlState === '22021' || sqlState === '22P05') {
    return invalidInput([{ field: '', message: 'text must not contain U+0000' }]);
  }
  return undefined;
}

function body(error: DomainError, url: string): unknown {
  const envelope = { code: error.code, message: error.message, detail: error.publicDetail ?? null };
  switch (surfaceOf(url)) {
    case 'token':
      // docker reads `details` first; without it a wrong password becomes a daemon error (PROTOCOL T32).
      return { details: error.message, errors: [{ ...envelope, code: ociCode(error) }] };
    case 'registry':
      return { errors: [{ ...envelope, code: ociCode(error) }] };
    case 'v1':
      return { error: error.message };
    default:
      return { errors: [envelope] };
  }
}

// Docker clients know these codes of the distribution specification and no others.
function ociCode(error: DomainError): string {
  const codes: Record<number, string> = { 401: 'UNAUTHORIZED', 403: 'DENIED', 429: 'TOOMANYREQUESTS' };
  return codes[error.status] ?? error.code;
}
