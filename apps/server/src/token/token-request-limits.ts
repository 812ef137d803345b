import { Injectable } from '@nestjs/common';
import {
  anonymous,
  quotaText,
  TokenRateLimits,
  tooManyRequests,
  type Allowance,
  type Identity,
} from '@central-index/accounts';
import { durationText, type DomainError } from '@central-index/platform/errors';
import type { Grant } from '@central-index/tokens';
import type { FastifyReply } from 'fastify';
import { addRateLimits } from '../http/rate-limit-headers';

/** Enforces the rate limits of token requests, and sets the `RateLimit-*` headers of their responses. */
@Injectable()
export class TokenRequestLimits {
  constructor(private readonly limits: TokenRateLimits) {}

  /** Counts a request with valid credentials, before anything is granted; throws TOO_MANY_REQUESTS. */
  async request(caller: Identity, address: string, reply: FastifyReply): Promise<void> {
    const allowance = await this.limits.tokenRequest(caller, address);
    if (allowance === undefined) return;
    addRateLimits(reply, [allowance]);
    if (!allowance.allowed) throw exceeded('token requests', allowance);
  }

  /**
   * Counts a request that a cache can answer. False if it was not counted, because that requires a query or exceeds a
   * limit; the route must then process the request.
   */
  tryConsumeLocal(caller: Identity, address: string, reply: FastifyReply): boolean {
    const allowance = this.limits.tryConsumeLocal(caller, address);
    if (allowance === undefined) return false;
    if (allowance !== 'unlimited') addRateLimits(reply, [allowance]);
    return true;
  }

  /** Counts a pull that was granted to an anonymous caller; throws TOO_MANY_REQUESTS. */
  async granted(grant: Grant, address: string, reply: FastifyReply): Promise<void> {
    const pulls = grant.access.some(({ type, actions }) => type === 'repository' && actions.includes('pull'));
    if (grant.subject === '' && pulls) await this.pull(anonymous, address, reply);
  }

  /** The same for a pull that begins at the index itself. */
  async pull(caller: Identity, address: string, reply: FastifyReply): Promise<void> {
    if (caller.kind !== 'anonymous') return;
    const allowance = await this.limits.anonymousPull(address);
    if (allowance === undefined) return;
    addRateLimits(reply, [allowance]);
    if (allowance.allowed) return;
    throw exceeded('pulls without an account from this address', allowance, 'log in, or ');
  }
}

function exceeded(what: string, allowance: Allowance, whatElse = ''): DomainError {
  const limit = quotaText(allowance.quota, allowance.windowSeconds);
  const wait = `${whatElse}try again in ${durationText(allowance.resetSeconds)}`;
  return tooManyRequests(`${what} (${limit})`, wait).limitedBy([allowance]);
}
