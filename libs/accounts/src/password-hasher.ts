import { Injectable } from '@nestjs/common';
import { hash, verify } from '@node-rs/argon2';
import { unavailable } from '@central-index/platform/errors';
import { randomBytes } from 'node:crypto';
import { normalisePassword } from './password-policy';

/** The Argon2id hash of a password that the rules let pass. Made outside any transaction, because it is slow. */
export type HashedPassword = string & { readonly __brand: 'HashedPassword' };

// OWASP's parameters; Argon2id is the library's default. 9 ms and 19 MiB each.
const cost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

// Hashing shares four threads with files and DNS, and takes a whole core: two at a time leave room for the rest.
const slots = 2;
const queueLength = 64;

/** Hashes and checks passwords, two at a time; beyond a bounded queue it refuses at once with 503. */
@Injectable()
export class PasswordHasher {
  private running = 0;
  private readonly waiting: (() => void)[] = [];
  // Checked against when an account does not exist or has no password, so that the answer takes as long.
  private readonly dummyHash = hash(randomBytes(32), cost);

  /** Runs `work`, which calls `verify` or `hash`, in one of the slots. */
  async withSlot<T>(work: () => Promise<T>): Promise<T> {
    if (this.running < slots) {
      this.running += 1;
    } else {
      if (this.waiting.length >= queueLength)
        throw unavailable().retryAfter(2).withPrivateDetail('password queue full');
      // Whoever leaves hands his slot over, so `running` stays as it is.
      await new Promise<void>((proceed) => this.waiting.push(proceed));
    }
    try {
      return await work();
    } finally {
      const next = this.waiting.shift();
      if (next) next();
      else this.running -= 1;
    }
  }

  /** The hash to keep. */
  async hash(password: string): Promise<HashedPassword> {
    return (await hash(normalisePassword(password), cost)) as HashedPassword;
  }

  /** True when the password is the hash's; as slow, and false, when there is no hash. */
  async verify(passwordHash: string | null, password: string): Promise<boolean> {
    const right = await verify(passwordHash ?? (await this.dummyHash), normalisePassword(password));
    return right && passwordHash !== null;
  }
}
