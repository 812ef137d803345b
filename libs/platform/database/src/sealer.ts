import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { defineError } from '@central-index/platform/errors';

/** What was sealed cannot be opened with this SECRET_KEY. */
export const wrongSecretKey = defineError({
  code: 'WRONG_SECRET_KEY',
  status: 500,
  description: 'The SECRET_KEY given is not the one that this database was sealed with.',
  message: () => 'SECRET_KEY is not the key that this database was sealed with; give the original one',
});

/**
 * Encrypts what must be readable again (signing keys, source tokens) with AES-256-GCM under a key derived from
 * SECRET_KEY, which is never in the database. `purpose` is bound in: a value sealed for one use opens for no other.
 */
export class Sealer {
  constructor(private readonly secretKey: string) {}

  /** Version byte, 12-byte nonce, 16-byte tag, ciphertext. */
  seal(purpose: string, plain: Buffer | string): Buffer {
    const nonce = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', this.key(purpose), nonce);
    const body = Buffer.concat([cipher.update(plain), cipher.final()]);
    return Buffer.concat([Buffer.of(1), nonce, cipher.getAuthTag(), body]);
  }

  /** The plain value; throws WRONG_SECRET_KEY when key or purpose differ, or a bit was changed. */
  unseal(purpose: string, sealed: Buffer): Buffer {
    try {
      const decipher = createDecipheriv('aes-256-gcm', this.key(purpose), sealed.subarray(1, 13));
      decipher.setAuthTag(sealed.subarray(13, 29));
      return Buffer.concat([decipher.update(sealed.subarray(29)), decipher.final()]);
    } catch {
      throw wrongSecretKey();
    }
  }

  /** A key for keyed digests (HMAC) of one purpose, for secrets that are only ever compared. */
  macKey(purpose: string): Buffer {
    return this.key(`mac:${purpose}`);
  }

  private key(purpose: string): Buffer {
    return Buffer.from(hkdfSync('sha256', this.secretKey, 'central-index', purpose, 32));
  }
}
