import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '@central-index/platform/config';
import { Database } from '@central-index/platform/database';
import { RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible';
import { tooManyRequests } from './accounts.errors';
import { ipPrefixOf } from './ip-prefix';

// Per limit: what it counts (for the message), what the key is, and how many points a key has in how many seconds.
const creationLimits = {
  'sign-up': { what: 'sign-ups from this address', by: 'address', points: 60, duration: 3_600 },
  repository: { what: 'new repositories', by: 'account', points: 20, duration: 3_600 },
} as const;

/** Names of the limits. */
export type CreationLimit = keyof typeof creationLimits;

/** Limits on what callers create, exact across all processes because they are counted in the database. */
@Injectable()
export class CreationRateLimits {
  private readonly limiters: Record<CreationLimit, RateLimiterPostgres>;

  constructor(
    database: Database,
    @Inject(CONFIG) private readonly config: Config,
  ) {
    this.limiters = {
      'sign-up': rateLimiter(database, 'sign-up', creationLimits['sign-up']),
      repository: rateLimiter(database, 'repository', creationLimits.repository),
    };
  }

  /**
   * Counts one creation for `key`: the caller's address or the id of an account, depending on the limit. Throws
   * TOO_MANY_REQUESTS with the time to wait.
   */
  async consume(name: CreationLimit, key: string): Promise<void> {
    if (!this.config.rateLimits) return;
    const { what, by } = creationLimits[name];
    const msToWait = await consume(this.limiters[name], by === 'address' ? ipPrefixOf(key) : key);
    if (msToWait !== undefined) throw tooManyRequests(what).retryAfter(msToWait / 1000);
  }
}

/** Creates a limiter on the table `rate_limit`; its rows have the keys `keyPrefix:key`. `duration` is in seconds. */
export function rateLimiter(
  database: Database,
  keyPrefix: string,
  options: { points: number; duration: number },
): RateLimiterPostgres {
  return new RateLimiterPostgres({
    storeClient: database.manager.connection,
    storeType: 'typeorm',
    tableName: 'rate_limit',
    tableCreated: true,
    keyPrefix,
    points: options.points,
    duration: options.duration,
  });
}

/** Consumes one point in one statement. Returns undefined if it was within the limit, else the milliseconds to wait. */
export async function consume(limiter: RateLimiterPostgres, key: string): Promise<number | undefined> {
  try {
    await limiter.consume(key);
    return undefined;
  } catch (refusal) {
    // The limiter rejects with its verdict, and also with errors of the database, which are no verdict.
    if (refusal instanceof RateLimiterRes) return refusal.msBeforeNext;
    throw refusal;
  }
}

/**
 * Consumes points in one statement. Returns how many are consumed in the current window, also beyond the limit, and the
 * milliseconds until it ends.
 */
export async function consumeMany(
  limiter: RateLimiterPostgres,
  key: string,
  points: number,
): Promise<{ consumed: number; msToEnd: number }> {
  const toResult = (verdict: RateLimiterRes) => ({
    consumed: verdict.consumedPoints,
    msToEnd: verdict.msBeforeNext,
  });
  try {
    return toResult(await limiter.consume(key, points));
  } catch (refusal) {
    if (refusal instanceof RateLimiterRes) return toResult(refusal);
    throw refusal;
  }
}
