import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '@central-index/platform/config';
import { Database } from '@central-index/platform/database';
import { DomainError, durationText, type RateLimitState } from '@central-index/platform/errors';
import { RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible';
import { tooManyRequests } from './accounts.errors';
import { ipPrefixOf } from './ip-prefix';
import { quotaText, rateLimits, type RateLimit } from './rate-limits';

type LimitName = keyof typeof rateLimits;

/** What is limited. */
export type CreationLimit = 'sign-up' | 'repository' | 'change' | 'star' | 'login' | 'recorded-sign-in';

interface Limiter {
  readonly name: LimitName;
  readonly quota: number;
  readonly limiter: RateLimiterPostgres;
}

/** Limits on what callers create and change, exact across all processes because they are counted in the database. */
@Injectable()
export class CreationRateLimits {
  private readonly limiters: Record<CreationLimit, readonly Limiter[]>;

  constructor(
    database: Database,
    @Inject(CONFIG) private readonly config: Config,
  ) {
    const { perHour, perDay } = config.accounts.newRepositories;
    const create = (name: LimitName, quota = (rateLimits[name] as RateLimit).quota!): Limiter => {
      const options = { points: quota, duration: rateLimits[name].windowSeconds };
      return { name, quota, limiter: rateLimiter(database, name, options) };
    };
    this.limiters = {
      'sign-up': [create('sign-ups')],
      repository: [create('new-repositories-per-hour', perHour), create('new-repositories-per-day', perDay)],
      change: [create('changes')],
      star: [create('stars')],
      login: [create('logins')],
      'recorded-sign-in': [create('recorded-sign-ins')],
    };
  }

  /**
   * Counts one creation for `key`: the caller's address or the id of an account, depending on the limit. Returns the states
   * of its limits. Throws TOO_MANY_REQUESTS with the number and the time to wait; such an attempt does not count.
   */
  async consume(creation: CreationLimit, key: string): Promise<RateLimitState[]> {
    if (!this.config.rateLimits) return [];
    const states: RateLimitState[] = [];
    for (const [n, one] of this.limiters[creation].entries()) {
      const { consumed, msToEnd } = await consumeMany(one.limiter, keyOf(one.name, key), 1);
      states.push(stateOf(one, Math.max(0, one.quota - consumed), msToEnd));
      if (consumed <= one.quota) continue;
      for (const { name, limiter } of this.limiters[creation].slice(0, n + 1)) {
        await limiter.reward(keyOf(name, key));
      }
      throw exceeded(one, msToEnd);
    }
    return states;
  }

  /** Counts one creation while `work` does it; one that fails does not count. Throws as `consume` and `work` do. */
  async count<T>(
    creation: CreationLimit,
    key: string,
    work: (states: readonly RateLimitState[]) => Promise<T>,
  ): Promise<T> {
    const states = await this.consume(creation, key);
    try {
      return await work(states);
    } catch (error) {
      await this.refund(creation, key);
      throw error;
    }
  }

  /** Counts one creation unless the limit is reached; false then. */
  async tryConsume(creation: CreationLimit, key: string): Promise<boolean> {
    try {
      await this.consume(creation, key);
      return true;
    } catch (error) {
      if (error instanceof DomainError && error.status === 429) return false;
      throw error;
    }
  }

  /** Takes a count back, because nothing was created. */
  async refund(creation: CreationLimit, key: string): Promise<void> {
    if (!this.config.rateLimits) return;
    for (const { name, limiter } of this.limiters[creation]) await limiter.reward(keyOf(name, key));
  }

  /** The states of the limits on a creation; empty while limits are off. */
  async states(creation: CreationLimit, key: string): Promise<RateLimitState[]> {
    if (!this.config.rateLimits) return [];
    return Promise.all(
      this.limiters[creation].map(async (one) => {
        const verdict = await one.limiter.get(keyOf(one.name, key));
        const windowSeconds = rateLimits[one.name].windowSeconds;
        const [used, ms] = [verdict?.consumedPoints ?? 0, verdict?.msBeforeNext ?? windowSeconds * 1000];
        return stateOf(one, Math.max(0, one.quota - used), ms);
      }),
    );
  }
}

function keyOf(name: LimitName, key: string): string {
  return rateLimits[name].per === 'address' ? ipPrefixOf(key) : key;
}

function stateOf({ name, quota }: Limiter, remaining: number, ms: number): RateLimitState {
  const { windowSeconds } = rateLimits[name];
  return { name, quota, windowSeconds, remaining, resetSeconds: Math.max(1, Math.ceil(ms / 1000)) };
}

function exceeded(one: Limiter, ms: number): DomainError {
  const { what, per, windowSeconds } = rateLimits[one.name];
  const from = per === 'address' ? ' from this address' : '';
  const state = stateOf(one, 0, ms);
  return tooManyRequests(
    `${what}${from} (${quotaText(one.quota, windowSeconds)})`,
    `try again in ${durationText(state.resetSeconds)}`,
  ).limitedBy([state]);
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
