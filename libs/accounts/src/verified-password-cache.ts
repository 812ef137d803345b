import { LRUCache } from 'lru-cache';
import { createHmac, randomBytes } from 'node:crypto';

// Together with the five seconds for which a grant may be repeated, a right password is verified every minute.
const lifetimeMs = 55_000;
const capacity = 10_000;

/** A sign-in by password, as it was verified. */
export interface VerifiedPassword {
  readonly name: string;
  readonly secret: string;
  readonly ipPrefix: string;
  /** The hash it was verified against: a changed password has another hash, so its old entries match nothing. */
  readonly passwordHash: string | null;
}

/**
 * Caches for 55 seconds which passwords were right, because docker sends the password with every token request of a
 * push. Entries are digests under a key of this process. They need no invalidation when an account changes: callers read
 * its row first, and the row's password hash is part of the digest.
 */
export class VerifiedPasswordCache {
  private readonly key = randomBytes(32);
  private readonly digests = new LRUCache<string, true>({ max: capacity, ttl: lifetimeMs });

  /** True when exactly this sign-in was verified in the last 55 seconds. */
  has(attempt: VerifiedPassword): boolean {
    return this.digests.has(this.digest(attempt));
  }

  /** Adds a sign-in whose password was right; replaces the oldest one when the cache is full. */
  add(attempt: VerifiedPassword): void {
    this.digests.set(this.digest(attempt), true);
  }

  private digest({ name, secret, ipPrefix, passwordHash }: VerifiedPassword): string {
    return createHmac('sha256', this.key)
      .update(JSON.stringify([name, secret, ipPrefix, passwordHash]))
      .digest('base64');
  }
}
