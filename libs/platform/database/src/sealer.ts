import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { defineError } from '@central-index/platform/errors';

/** A sealed value cannot be decrypted with this SECRET_KEY. */
export const wrongSecretKey = defineError({
  code: 'WRONG_SECRET_KEY',
  status: 500,
  description: 'SECRET_KEY is not the key that this database was sealed with.',
  message: () => 'SECRET_KEY is not the key that this database was sealed with; give the original one',
});

/**
 * Encrypts secrets that must be readable later (signing keys, source tokens) with AES-256-GCM, under a key derived from
 * SECRET_KEY, which is never stored in the database. Each purpose has a key of its own: a value that was sealed for one
 * purpose cannot be unsealed for another.
 */
export class Sealer {
  constructor(private readonly secretKey: string) {}

  /** Returns a version byte, the 12-byte nonce, the 16-byte tag and the ciphertext. */
  seal(purpose: string, plain: Buffer | string): Buffer {
    const nonce = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', this.key(purpose), nonce);
    const body = Buffer.concat([cipher.update(plain), cipher.final()]);
    return Buffer.concat([Buffer.of(1), nonce, cipher.getAuthTag(), body]);
  }

  /** Returns the plain value; throws WRONG_SECRET_KEY if key or purpose differ, or if a bit was changed. */
  unseal(purpose: string, sealed: Buffer): Buffer {
    try {
      const decipher = createDecipheriv('aes-256-gcm', this.key(purpose), sealed.subarray(1, 13));
      decipher.setAuthTag(sealed.subarray(13, 29));
      return Buffer.concat([decipher.update(sealed.subarray(29)), decipher.final()]);
    } catch {
      throw wrongSecretKey();
    }
  }

  /** Returns a key for keyed digests (HMAC) of one purpose, for secrets that are only compared. */
  macKey(purpose: string): Buffer {
    return this.key(`mac:${purpose}`);
  }

  private key(purpose: string): Buffer {
    return Buffer.from(hkdfSync('sha256', this.secretKey, 'central-index', purpose, 32));
  }
}
