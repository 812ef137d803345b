import { Injectable } from '@nestjs/common';
import { hash, verify } from '@node-rs/argon2';
import { unavailable } from '@central-index/platform/errors';
import { randomBytes } from 'node:crypto';
import pLimit from 'p-limit';
import { normalisePassword } from './password-policy';

/** The Argon2id hash of a password that satisfies the policy. Made outside any transaction, because hashing is slow. */
export type HashedPassword = string & { readonly __brand: 'HashedPassword' };

// OWASP's parameters; Argon2id is the library's default. One hash takes 9 ms and 19 MiB.
const cost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

// A hash takes a whole core, in one of the four threads that also serve files and DNS: two leave capacity for those.
const concurrency = 2;
const maxQueueLength = 64;

/** Hashes and verifies passwords, two at a time. Beyond a bounded queue it refuses immediately with UNAVAILABLE (503). */
@Injectable()
export class PasswordHasher {
  private readonly limit = pLimit(concurrency);
  // Verified when an account does not exist or has no password, so that the response takes as long.
  private readonly dummyHash = hash(randomBytes(32), cost);

  /** Runs `work`, which calls `verify` or `hash`, when one of the two slots is free. Throws UNAVAILABLE. */
  async withSlot<T>(work: () => Promise<T>): Promise<T> {
    if (this.limit.pendingCount >= maxQueueLength) {
      throw unavailable().retryAfter(2).withPrivateDetail('password queue full');
    }
    return this.limit(work);
  }

  /** Returns the hash to store. */
  async hash(password: string): Promise<HashedPassword> {
    return (await hash(normalisePassword(password), cost)) as HashedPassword;
  }

  /** True when the hash is that of the password. Without a hash it takes as long and returns false. */
  async verify(passwordHash: string | null, password: string): Promise<boolean> {
    const matches = await verify(passwordHash ?? (await this.dummyHash), normalisePassword(password));
    return matches && passwordHash !== null;
  }
}
