import { isConnectionError } from '@central-index/platform/database';
import {
  defineError,
  DomainError,
  invalidInput,
  notFound,
  unavailable,
} from '@central-index/platform/errors';
import { HttpException } from '@nestjs/common';

const tooLarge = defineError({
  code: 'TOO_LARGE',
  status: 413,
  description: 'The request is larger than the route accepts.',
  message: () => 'the request is too large',
});
const unsupportedMediaType = defineError({
  code: 'UNSUPPORTED_MEDIA_TYPE',
  status: 415,
  description: 'The route does not read bodies of this media type.',
  message: () => 'send the body as application/json',
});
/** 405: the path exists, but not with this method. */
export const methodNotAllowed = defineError({
  code: 'METHOD_NOT_ALLOWED',
  status: 405,
  description: 'The path exists, but not with this method.',
  message: () => 'method not allowed',
});

/**
 * The error of the catalogue that stands for something thrown: by product code, Nest, Fastify, or PostgreSQL.
 * Undefined for everything else, which is an unhandled error.
 */
export function toDomainError(thrown: unknown): DomainError | undefined {
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
  // U+0000 and invalid encodings can reach PostgreSQL only in a value that the caller sent.
  const sqlState = (thrown as { driverError?: { code?: string } }).driverError?.code;
  if (sqlState === '22021' || sqlState === '22P05') {
    return invalidInput([{ field: '', message: 'text must not contain U+0000' }]);
  }
  return undefined;
}
