import { createHash, randomBytes, randomInt } from 'node:crypto';

const base62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** Returns `length` random letters and digits, 5.95 bits each. */
export function randomBase62(length: number): string {
  return Array.from({ length }, () => base62[randomInt(62)]).join('');
}

/** Returns a number in base 62, with leading zeros up to `length`. */
export function toBase62(value: number, length: number): string {
  let text = '';
  for (let rest = value; text.length < length; rest = Math.floor(rest / 62)) text = base62[rest % 62] + text;
  return text;
}

/** Returns 256 random bits as text for a cookie. */
export function randomCookie(): string {
  return randomBytes(32).toString('base64url');
}

/**
 * Returns what is stored of a random secret. A plain SHA-256 is enough for secrets of 128 bits and more, and cheap enough
 * to compute for every request; passwords need the slow hash.
 */
export function hashSecret(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}
