import { SecretFormat } from './secret-format';

const format = new SecretFormat('ci_pat_');

/** A new personal access token: `ci_pat_`, 30 random letters and digits, and 6 of the CRC-32 of all before. */
export function newPersonalToken(): string {
  return format.create();
}

/** True for a secret that means to be a personal access token, which is then never tried as a password. */
export function looksLikePersonalToken(secret: string): boolean {
  return format.hasPrefix(secret);
}

/** True when form and checksum are right: a mistyped or made-up token costs no query, and scanners find real ones. */
export function isPersonalToken(secret: string): boolean {
  return format.isWellFormed(secret);
}
