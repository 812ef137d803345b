import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '@central-index/platform/config';
import { Database } from '@central-index/platform/database';
import { RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible';
import { tooManyRequests } from './accounts.errors';
import { ipPrefixOf } from './ip-prefix';

// One line a limit: what it counts, for the message, by what, and how many of it in how many seconds for one key.
const creationLimits = {
  'sign-up': { what: 'sign-ups from this address', by: 'address', points: 60, duration: 3_600 },
  repository: { what: 'new repositories', by: 'account', points: 20, duration: 3_600 },
} as const;

/** Names of the limits on requests. */
export type CreationLimit = keyof typeof creationLimits;

/** Limits on what callers create, exact over all processes because they are counted in the database. */
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

  /** Counts one for `key` (by what the limit's line says: an address or an account's id), or throws TOO_MANY_REQUESTS with the time to wait. */
  async consume(name: CreationLimit, key: string): Promise<void> {
    if (!this.config.rateLimits) return;
    const { what, by } = creationLimits[name];
    const msToWait = await consume(this.limiters[name], by === 'address' ? ipPrefixOf(key) : key);
    if (msToWait !== undefined) throw tooManyRequests(what).retryAfter(msToWait / 1000);
  }
}

/** A limiter on the table rate_limit. Its rows are `keyPrefix:key`. */
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

/** Counts one in a single statement. Undefined if it was within the limit, else the milliseconds to wait. */
export async function consume(limiter: RateLimiterPostgres, key: string): Promise<number | undefined> {
  try {
    await limiter.consume(key);
    return undefined;
  } catch (refusal) {
    // The limiter throws its verdict, and a failing database's error likewise: the second is not a verdict.
    if (refusal instanceof RateLimiterRes) return refusal.msBeforeNext;
    throw refusal;
  }
}

/** Counts many in a single statement: how many are counted now, those beyond the limit too, and until when. */
export async function consumeMany(
  limiter: RateLimiterPostgres,
  key: string,
  points: number,
): Promise<{ consumed: number; msToEnd: number }> {
  const answer = (verdict: RateLimiterRes) => ({
    consumed: verdict.consumedPoints,
    msToEnd: verdict.msBeforeNext,
  });
  try {
    return answer(await limiter.consume(key, points));
  } catch (refusal) {
    if (refusal instanceof RateLimiterRes) return answer(refusal);
    throw refusal;
  }
}
