import { Injectable } from '@nestjs/common';
import { isAccountName } from '@central-index/naming';
import { Database } from '@central-index/platform/database';
import type { DomainError } from '@central-index/platform/errors';
import type { RateLimiterPostgres } from 'rate-limiter-flexible';
import type { EntityManager } from 'typeorm';
import { tooManyAttempts } from './accounts.errors';
import { consume, rateLimiter } from './creation-rate-limits';

// Wrong passwords from one place in five minutes, whatever the names; so also those for one name from one place.
const perIpPrefix = { points: 10, duration: 300 };
const keyPrefix = 'wrong-password';

// Wrong passwords in a row for one name, from everywhere.
const maxConsecutive = 100;

/** Somebody tries a password for a name. */
export interface Attempt {
  readonly name: string;
  /** Undefined when no account bears the name: all is done alike, so that nobody can tell. */
  readonly accountId: string | undefined;
  /** An IPv4 address or a /64. */
  readonly ipPrefix: string;
}

/** An attempt that was counted as wrong, until it turns out right. */
export interface CountedAttempt extends Attempt {
  readonly countsTowardLockout: boolean;
}

/**
 * The limits on wrong passwords. An attempt is counted as wrong before the password is looked at, and taken back when
 * it was right: so attempts side by side, in any number of processes, cannot pass the limit.
 */
@Injectable()
export class PasswordAttempts {
  private readonly limiter: RateLimiterPostgres;

  constructor(private readonly database: Database) {
    this.limiter = rateLimiter(database, keyPrefix, perIpPrefix);
  }

  /** Throws TOO_MANY_ATTEMPTS if a limit is reached already. Counts nothing, so that a refusal costs one query. */
  async check(attempt: Attempt): Promise<void> {
    const { until, locked, known } = await this.state(attempt);
    if (until !== null) throw waitFor(Number(until) - Date.now());
    if (locked && !known) throw lockedOut();
  }

  /** Counts the attempt as wrong, or throws TOO_MANY_ATTEMPTS. */
  async recordFailure(attempt: Attempt): Promise<CountedAttempt> {
    const msToWait = await consume(this.limiter, attempt.ipPrefix);
    if (msToWait !== undefined) throw waitFor(msToWait);
    // No account can bear such a name; a row for it would only let strangers fill the table.
    if (!isAccountName(attempt.name)) return { ...attempt, countsTowardLockout: false };
    const counted = await this.database.rows(
      `insert into password_failure as failure (name, consecutive) values ($1, 1)
       on conflict (name) do update set consecutive = failure.consecutive + 1, last_at = now()
         where failure.consecutive < ${maxConsecutive}
       returning 1`,
      [attempt.name],
    );
    if (counted.length === 0 && !(await this.state(attempt)).known) throw lockedOut();
    return { ...attempt, countsTowardLockout: counted.length > 0 };
  }

  /** Takes the count back: the password was right. A lock stays, for whoever made it may still be at it. */
  async recordSuccess(manager: EntityManager, attempt: CountedAttempt): Promise<void> {
    await manager.query(
      'update rate_limit set points = greatest(points - 1, 0) where key = $1 and expire > $2',
      [this.limiter.getKey(attempt.ipPrefix), Date.now()],
    );
    if (attempt.countsTowardLockout) await this.unlock(manager, attempt.name);
    await manager.query(
      `insert into sign_in_address (account_id, address) values ($1, $2)
       on conflict (account_id, address) do update set last_success_at = now()`,
      [attempt.accountId, attempt.ipPrefix],
    );
  }

  /** Ends the lock of a name. */
  async unlock(manager: EntityManager, name: string): Promise<void> {
    await manager.query('delete from password_failure where name = $1', [name]);
  }

  private async state(attempt: Attempt): Promise<{ until: string | null; locked: boolean; known: boolean }> {
    const [state] = await this.database.rows<{ until: string | null; locked: boolean; known: boolean }>(
      `select (select expire from rate_limit where key = $1 and points >= ${perIpPrefix.points} and expire > $2) as until,
              exists (select from password_failure where name = $3 and consecutive >= ${maxConsecutive}) as locked,
              exists (select from sign_in_address where account_id = $4 and address = $5
                         and last_success_at > now() - interval '30 days') as known`,
      [
        this.limiter.getKey(attempt.ipPrefix),
        Date.now(),
        attempt.name,
        attempt.accountId ?? '0',
        attempt.ipPrefix,
      ],
    );
    return state ?? { until: null, locked: false, known: false };
  }
}

function waitFor(ms: number): DomainError {
  const minutes = Math.max(1, Math.ceil(ms / 60_000));
  return tooManyAttempts(`try again in ${minutes} minute${minutes === 1 ? '' : 's'}`).retryAfter(ms / 1000);
}

function lockedOut(): DomainError {
  return tooManyAttempts(
    'the account takes its password only from addresses it was used at before; ask an administrator to unlock it',
  ).retryAfter(3_600);
}
