import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '@central-index/platform/config';
import { Database } from '@central-index/platform/database';
import { ipPrefixOf } from './ip-prefix';
import { LeasedRateLimiter, type Allowance } from './leased-rate-limiter';
import { accountOf, type Identity } from './identity';
import { rateLimiter } from './creation-rate-limits';
import { rateLimits } from './rate-limits';

// The keys of the rows in `rate_limit`, which processes of older versions share.
const keyPrefixes: Readonly<Record<string, string>> = {
  'token-requests': 'token',
  'anonymous-pulls': 'anonymous-pull',
};

/**
 * Limits on token requests that succeed, per account or per address of anonymous callers, and, if the operator sets one,
 * on anonymous pulls. Shared by all processes, and never exceeded.
 */
@Injectable()
export class TokenRateLimits {
  private readonly requests: LeasedRateLimiter | undefined;
  private readonly anonymousPulls: LeasedRateLimiter | undefined;

  constructor(database: Database, @Inject(CONFIG) config: Config) {
    const limiter = (name: keyof typeof rateLimits, points: number): LeasedRateLimiter => {
      const options = { points, duration: rateLimits[name].windowSeconds };
      return new LeasedRateLimiter(rateLimiter(database, keyPrefixes[name] ?? name, options), {
        ...options,
        name,
        processes: config.server.processes,
      });
    };
    if (!config.rateLimits) return;
    this.requests = limiter('token-requests', rateLimits['token-requests'].quota);
    const { anonymousPulls } = config.tokens;
    if (anonymousPulls !== undefined) this.anonymousPulls = limiter('anonymous-pulls', anonymousPulls);
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
