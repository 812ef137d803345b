import type { DomainError } from '@central-index/platform/errors';
import type { FastifyRequest } from 'fastify';

/** An error as one surface sends it. */
export interface RenderedError {
  /** Headers that only this surface sends, by lower-case name. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON if it is an object, and as it is if it is text. */
  readonly body: object | string;
}

/**
 * Renders errors in the format of one surface. Status, Retry-After and Cache-Control are the same on all surfaces and
 * are set by the error filter.
 */
export interface ErrorRenderer {
  render(error: DomainError, request: FastifyRequest): RenderedError;
}
