import { createHmac, randomBytes } from 'node:crypto';

// With the five seconds for which a grant may be repeated a right password is looked at every minute.
const lifetimeMs = 55_000;
const capacity = 10_000;

/** One sign-in by password that was found right. */
export interface VerifiedPassword {
  readonly name: string;
  readonly secret: string;
  readonly ipPrefix: string;
  /** The hash it was checked against: a changed password makes every memory of the old one worthless at once. */
  readonly passwordHash: string | null;
}

/**
 * Remembers for 55 seconds which passwords were right, as digests under a key of this process only: docker sends the
 * password with every token request of a push. Nothing needs to be told when an account changes, because callers look
 * at its row first and the row's hash is part of the digest.
 */
export class VerifiedPasswordCache {
  private readonly key = randomBytes(32);
  private readonly until = new Map<string, number>();

  /** True when just this was right a moment ago. */
  has(attempt: VerifiedPassword): boolean {
    const until = this.until.get(this.digest(attempt));
    return until !== undefined && until > performance.now();
  }

  /** Remembers a right password; the oldest memory makes room. */
  add(attempt: VerifiedPassword): void {
    const oldest = this.until.keys().next();
    if (this.until.size >= capacity && !oldest.done) this.until.delete(oldest.value);
    const digest = this.digest(attempt);
    this.until.delete(digest);
    this.until.set(digest, performance.now() + lifetimeMs);
  }

  private digest({ name, secret, ipPrefix, passwordHash }: VerifiedPassword): string {
    return createHmac('sha256', this.key)
      .update(JSON.stringify([name, secret, ipPrefix, passwordHash]))
      .digest('base64');
  }
}
