import { crc32 } from 'node:zlib';
import { randomBase62, toBase62 } from './secrets';

const checksum = (text: string): string => toBase62(crc32(text), 6);

/**
 * Secrets that can be told from passwords at sight: a prefix, 30 random letters and digits, and 6 of the CRC-32 of all
 * before. A mistyped or made-up one costs no query, and scanners find real ones.
 */
export class SecretFormat {
  private readonly wellFormed: RegExp;

  /** `prefix` must be of letters, digits and underscores. */
  constructor(private readonly prefix: string) {
    this.wellFormed = new RegExp(`^${prefix}[0-9A-Za-z]{36}$`);
  }

  /** A new secret. */
  create(): string {
    const text = this.prefix + randomBase62(30);
    return text + checksum(text);
  }

  /** True for what means to be such a secret, which is then never tried as a password. */
  hasPrefix(secret: string): boolean {
    return secret.startsWith(this.prefix);
  }

  /** True when form and checksum are right. */
  isWellFormed(secret: string): boolean {
    return this.wellFormed.test(secret) && checksum(secret.slice(0, -6)) === secret.slice(-6);
  }
}
