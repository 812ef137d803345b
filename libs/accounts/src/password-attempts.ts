import { Injectable } from '@nestjs/common';
import { isAccountName } from '@central-index/naming';
import { Database } from '@central-index/platform/database';
import type { DomainError } from '@central-index/platform/errors';
import type { RateLimiterPostgres } from 'rate-limiter-flexible';
import type { EntityManager } from 'typeorm';
import { tooManyAttempts } from './accounts.errors';
import { consume, rateLimiter } from './creation-rate-limits';
import {
  countFailure,
  selectAttemptState,
  uncountAttempt,
  upsertSignInAddress,
  type AttemptStateRow,
} from './password-attempts.queries';
import { rateLimits } from './rate-limits';
import { PasswordFailureEntity } from './password-failure.entity';

// Wrong passwords per IP prefix in five minutes, over all names; this also limits those for one name from one prefix.
const { quota, windowSeconds } = rateLimits['wrong-passwords'];
const perIpPrefix = { points: quota, duration: windowSeconds };
const keyPrefix = 'wrong-password';

/** Consecutive wrong passwords for one name, from all addresses. */
export const maxConsecutive = 100;

/** An attempt to sign in with a password. */
export interface Attempt {
  readonly name: string;
  /** Undefined when no account has the name: it is handled in the same way, so that responses do not reveal it. */
  readonly accountId: string | undefined;
  /** An IPv4 address or the /64 prefix of an IPv6 one. */
  readonly ipPrefix: string;
}

/** An attempt that was counted as wrong, before its password is verified. */
export interface CountedAttempt extends Attempt {
  readonly countsTowardLockout: boolean;
}

/**
 * The limits on wrong passwords. An attempt is counted as wrong before its password is verified, and uncounted when the
 * password was right: concurrent attempts, in any number of processes, cannot exceed the limit.
 */
@Injectable()
export class PasswordAttempts {
  private readonly limiter: RateLimiterPostgres;

  constructor(private readonly database: Database) {
    this.limiter = rateLimiter(database, keyPrefix, perIpPrefix);
  }

  /** Throws TOO_MANY_ATTEMPTS if a limit is reached already. Counts nothing, so that a refusal takes one query. */
  async check(attempt: Attempt): Promise<void> {
    const { until, locked, known } = await this.state(attempt);
    if (until !== null) throw waitFor(Number(until) - Date.now());
    if (locked && !known) throw lockedOut();
  }

  /** Counts the attempt as wrong, or throws TOO_MANY_ATTEMPTS. */
  async recordFailure(attempt: Attempt): Promise<CountedAttempt> {
    const msToWait = await consume(this.limiter, attempt.ipPrefix);
    if (msToWait !== undefined) throw waitFor(msToWait);
    // No account can have such a name; rows for it would let unauthenticated callers fill the table.
    if (!isAccountName(attempt.name)) return { ...attempt, countsTowardLockout: false };
    const counted = await this.database.execute(countFailure, [attempt.name, maxConsecutive]);
    if (counted === 0 && !(await this.state(attempt)).known) throw lockedOut();
    return { ...attempt, countsTowardLockout: counted > 0 };
  }

  /**
   * Uncounts the attempt, because its password was right. A lock that others caused stays: they may still be trying. Returns
   * false, and changes nothing, if the password has been changed since `passwordChangedAt`: then it is not right any more.
   */
  async recordSuccess(
    manager: EntityManager,
    attempt: CountedAttempt,
    passwordChangedAt: Date,
  ): Promise<boolean> {
    const values = [attempt.accountId, passwordChangedAt, attempt.ipPrefix];
    if ((await this.database.execute(upsertSignInAddress, values, manager)) === 0) return false;
    const key = this.limiter.getKey(attempt.ipPrefix);
    await this.database.execute(uncountAttempt, [key, Date.now()], manager);
    if (attempt.countsTowardLockout) await this.unlock(manager, attempt.name);
    return true;
  }

  /** Removes the lock of a name. */
  async unlock(manager: EntityManager, name: string): Promise<void> {
    await manager.delete(PasswordFailureEntity, { name });
  }

  private async state({ name, accountId, ipPrefix }: Attempt): Promise<AttemptStateRow> {
    const key = this.limiter.getKey(ipPrefix);
    const values = [key, Date.now(), name, accountId ?? '0', ipPrefix, perIpPrefix.points, maxConsecutive];
    const state = await this.database.queryOne(selectAttemptState, values);
    return state ?? { until: null, locked: false, known: false };
  }
}

function waitFor(ms: number): DomainError {
  const resetSeconds = Math.max(1, Math.ceil(ms / 1000));
  const minutes = Math.max(1, Math.ceil(ms / 60_000));
  const wait = `try again in ${minutes} minute${minutes === 1 ? '' : 's'}`;
  const state = { name: 'wrong-passwords', quota, windowSeconds, remaining: 0, resetSeconds };
  return tooManyAttempts(wait).limitedBy([state]);
}

function lockedOut(): DomainError {
  return tooManyAttempts(
    'the account accepts its password only from addresses that it signed in from before; ask an administrator to unlock it',
  ).retryAfter(3_600);
}
