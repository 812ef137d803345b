import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '@central-index/platform/config';
import { Database } from '@central-index/platform/database';
import { ipPrefixOf } from './ip-prefix';
import { LeasedRateLimiter, type Allowance } from './leased-rate-limiter';
import { accountOf, type Identity } from './identity';
import { rateLimiter } from './creation-rate-limits';

// A hundred per second, indefinitely: more than a build farm behind one address needs, and it stops a runaway loop.
const requests = { points: 30_000, duration: 300 };
const pullsDuration = 6 * 3_600;

/**
 * Limits on token requests that succeed, per account or per address of anonymous callers, and, if the operator sets one,
 * on anonymous pulls. Shared by all processes, and never exceeded.
 */
@Injectable()
export class TokenRateLimits {
  private readonly requests: LeasedRateLimiter | undefined;
  private readonly anonymousPulls: LeasedRateLimiter | undefined;

  constructor(database: Database, @Inject(CONFIG) config: Config) {
    const limiter = (name: string, options: { points: number; duration: number }): LeasedRateLimiter =>
      new LeasedRateLimiter(rateLimiter(database, name, options), {
        ...options,
        processes: config.server.processes,
      });
    if (!config.rateLimits) return;
    this.requests = limiter('token', requests);
    if (config.tokens.anonymousPulls === undefined) return;
    this.anonymousPulls = limiter('anonymous-pull', {
      points: config.tokens.anonymousPulls,
      duration: pullsDuration,
    });
  }

  /** Counts a token request whose credentials were right; undefined when there is no limit. */
  async tokenRequest(caller: Identity, address: string): Promise<Allowance | undefined> {
    return this.requests?.consume(requester(caller, address));
  }

  /** Counts a request that repeats another, if that takes no query; undefined when it does, or is beyond the limit. */
  tryConsumeLocal(caller: Identity, address: string): Allowance | 'unlimited' | undefined {
    // A repeated pull counts as a pull, which only the caller that knows what is pulled can count.
    if (accountOf(caller) === undefined && this.anonymousPulls !== undefined) return undefined;
    return this.requests === undefined
      ? 'unlimited'
      : this.requests.tryConsumeLocal(requester(caller, address));
  }

  /** Counts an anonymous pull; undefined when there is no limit. */
  async anonymousPull(address: string): Promise<Allowance | undefined> {
    return this.anonymousPulls?.consume(ipPrefixOf(address));
  }
}

function requester(caller: Identity, address: string): string {
  const account = accountOf(caller);
  return account === undefined ? ipPrefixOf(address) : `account:${account.id}`;
}
