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
    // The server's own texts are not for callers.
    return invalidInput([{ field: '', message: 'the request is not valid HTTP' }]);
  }
  if (isUncheckedInput(thrown)) {
    return invalidInput([{ field: '', message: 'a value is out of the range that can be stored' }]);
  }
  return undefined;
}

/**
 * True when PostgreSQL refused a value that no check had refused: its SQLSTATE is a data exception (class 22) or a limit
 * of the program (class 54). The request is at fault, and so is the check that is missing: it is logged as an error.
 */
export function isUncheckedInput(thrown: unknown): boolean {
  const sqlState = (thrown as { driverError?: { code?: unknown } }).driverError?.code;
  return typeof sqlState === 'string' && /^(?:22|54)/.test(sqlState);
}
