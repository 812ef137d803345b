import type { RateLimitState } from '@central-index/platform/errors';
import type { FastifyReply } from 'fastify';

/**
 * Adds the states of limits to the headers of a response: `RateLimit-Policy` with quota and window in seconds, `RateLimit`
 * with what remains and the seconds until the window ends (draft-ietf-httpapi-ratelimit-headers-10).
 */
export function addRateLimits(reply: FastifyReply, states: readonly RateLimitState[]): void {
  for (const { name, quota, windowSeconds, remaining, resetSeconds } of states) {
    append(reply, 'ratelimit-policy', `"${name}";q=${quota};w=${windowSeconds}`);
    append(reply, 'ratelimit', `"${name}";r=${remaining};t=${resetSeconds}`);
  }
}

/** Replaces the states of limits in the headers of a response. */
export function setRateLimits(reply: FastifyReply, states: readonly RateLimitState[]): void {
  if (states.length === 0) return;
  void reply.removeHeader('ratelimit-policy').removeHeader('ratelimit');
  addRateLimits(reply, states);
}

function append(reply: FastifyReply, header: string, item: string): void {
  const former = reply.getHeader(header);
  void reply.header(header, former === undefined ? item : `${String(former)}, ${item}`);
}
