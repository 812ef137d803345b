import { crc32 } from 'node:zlib';
import { randomBase62, toBase62 } from './secrets';

const prefix = 'ci_pat_';
const wellFormed = /^ci_pat_[0-9A-Za-z]{36}$/;

const checksum = (text: string): string => toBase62(crc32(text), 6);

/** A new personal access token: `ci_pat_`, 30 random letters and digits, and 6 of the CRC-32 of all before. */
export function newPersonalToken(): string {
  const text = prefix + randomBase62(30);
  return text + checksum(text);
}

/** True for a secret that means to be a personal access token, which is then never tried as a password. */
export function looksLikePersonalToken(secret: string): boolean {
  return secret.startsWith(prefix);
}

/** True when form and checksum are right: a mistyped or made-up token costs no query, and scanners find real ones. */
export function isPersonalToken(secret: string): boolean {
  return wellFormed.test(secret) && checksum(secret.slice(0, -6)) === secret.slice(-6);
}
