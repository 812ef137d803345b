import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '@central-index/platform/config';
import { Database } from '@central-index/platform/database';
import { ipPrefixOf } from './ip-prefix';
import { LeasedRateLimiter, type Allowance } from './leased-rate-limiter';
import { accountOf, type Identity } from './identity';
import { rateLimiter } from './creation-rate-limits';

// A hundred a second, for as long as one likes: no build farm behind one address needs it, and a loop gone wild stops.
const requests = { points: 30_000, duration: 300 };
const pullsDuration = 6 * 3_600;

/**
 * Limits on what is asked for and succeeds: token requests, of an account or of an address that gives none, and, when
 * the operator wants it, pulls without an account. Shared by all processes, and never exceeded.
 */
@Injectable()
export class TokenRateLimits {
  private readonly requests: LeasedRateLimiter | undefined;
  private readonly anonymousPulls: LeasedRateLimiter | undefined;

  constructor(database: Database, @Inject(CONFIG) config: Config) {
    const counter = (name: string, options: { points: number; duration: number }): LeasedRateLimiter =>
      new LeasedRateLimiter(rateLimiter(database, name, options), {
        ...options,
        processes: config.server.processes,
      });
    if (!config.rateLimits) return;
    this.requests = counter('token', requests);
    if (config.tokens.anonymousPulls === undefined) return;
    this.anonymousPulls = counter('anonymous-pull', {
      points: config.tokens.anonymousPulls,
      duration: pullsDuration,
    });
  }

  /** Counts a token request whose credentials were right; undefined when there is no limit. */
  async tokenRequest(caller: Identity, address: string): Promise<Allowance | undefined> {
    return this.requests?.count(requester(caller, address));
  }

  /** Counts a request that repeats another if that takes no query; undefined when it does, or is not allowed. */
  tryConsumeLocal(caller: Identity, address: string): Allowance | 'unlimited' | undefined {
    // What is pulled again counts as a pull again, by the one who knows what is pulled.
    if (accountOf(caller) === undefined && this.anonymousPulls !== undefined) return undefined;
    return this.requests === undefined ? 'unlimited' : this.requests.countAtOnce(requester(caller, address));
  }

  /** Counts a pull by nobody in particular; undefined when there is no limit. */
  async anonymousPull(address: string): Promise<Allowance | undefined> {
    return this.anonymousPulls?.count(ipPrefixOf(address));
  }
}

function requester(caller: Identity, address: string): string {
  const account = accountOf(caller);
  return account === undefined ? ipPrefixOf(address) : `account:${account.id}`;
}
