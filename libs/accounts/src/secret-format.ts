import { crc32 } from 'node:zlib';
import { randomBase62, toBase62 } from './secrets';

const checksum = (text: string): string => toBase62(crc32(text), 6);

/**
 * Secrets that are recognisable: a prefix, 30 random letters and digits, and 6 of the CRC-32 of all these. They are never
 * mistaken for passwords, mistyped or invented ones cost no query, and secret scanners find real ones.
 */
export class SecretFormat {
  private readonly wellFormed: RegExp;

  /** `prefix` consists of letters, digits and underscores. */
  constructor(private readonly prefix: string) {
    this.wellFormed = new RegExp(`^${prefix}[0-9A-Za-z]{36}$`);
  }

  /** Creates a secret. */
  create(): string {
    const text = this.prefix + randomBase62(30);
    return text + checksum(text);
  }

  /** True for text with the prefix, which is then never tried as a password. */
  hasPrefix(secret: string): boolean {
    return secret.startsWith(this.prefix);
  }

  /** True when form and checksum are right. */
  isWellFormed(secret: string): boolean {
    return this.wellFormed.test(secret) && checksum(secret.slice(0, -6)) === secret.slice(-6);
  }
}
