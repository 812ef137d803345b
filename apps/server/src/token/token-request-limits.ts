import { Injectable } from '@nestjs/common';
import { TokenRateLimits, tooManyRequests, type Allowance, type Identity } from '@central-index/accounts';
import { durationText } from '@central-index/platform/errors';
import type { Grant } from '@central-index/tokens';
import type { FastifyReply } from 'fastify';

/** Enforces the rate limits of token requests, and sets the `RateLimit-*` headers of their responses. */
@Injectable()
export class TokenRequestLimits {
  constructor(private readonly limits: TokenRateLimits) {}

  /** Counts a request with valid credentials, before anything is granted; throws TOO_MANY_REQUESTS. */
  async request(caller: Identity, address: string, reply: FastifyReply): Promise<void> {
    const allowance = await this.limits.tokenRequest(caller, address);
    if (allowance === undefined) return;
    setRateLimitHeaders(reply, allowance);
    if (!allowance.allowed) throw tooManyRequests('token requests').retryAfter(allowance.resetSeconds);
  }

  /**
   * Counts a request that a cache can answer. False if it was not counted, because that requires a query or exceeds a
   * limit; the route must then process the request.
   */
  tryConsumeLocal(caller: Identity, address: string, reply: FastifyReply): boolean {
    const allowance = this.limits.tryConsumeLocal(caller, address);
    if (allowance === undefined) return false;
    if (allowance !== 'unlimited') setRateLimitHeaders(reply, allowance);
    return true;
  }

  /** Counts a pull that was granted to an anonymous caller; throws TOO_MANY_REQUESTS. */
  async granted(grant: Grant, address: string, reply: FastifyReply): Promise<void> {
    const pulls = grant.access.some(({ type, actions }) => type === 'repository' && actions.includes('pull'));
    if (grant.subject !== '' || !pulls) return;
    const allowance = await this.limits.anonymousPull(address);
    if (allowance === undefined) return;
    setRateLimitHeaders(reply, allowance);
    if (allowance.allowed) return;
    const hint = `log in, or try again in ${durationText(allowance.resetSeconds)}`;
    throw tooManyRequests('pulls without an account from this address', hint).retryAfter(
      allowance.resetSeconds,
    );
  }
}

function setRateLimitHeaders(
  reply: FastifyReply,
  { limit, remaining, windowSeconds, resetSeconds }: Allowance,
): void {
  void reply.headers({
    'ratelimit-limit': limit,
    'ratelimit-remaining': remaining,
    'ratelimit-reset': resetSeconds,
    'ratelimit-policy': `${limit};w=${windowSeconds}`,
  });
}
