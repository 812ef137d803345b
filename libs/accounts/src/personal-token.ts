import { SecretFormat } from './secret-format';

const format = new SecretFormat('ci_pat_');

/** Creates a personal access token: `ci_pat_`, 30 random letters and digits, and 6 of the CRC-32 of all these. */
export function newPersonalToken(): string {
  return format.create();
}

/** True for a secret with the prefix of personal access tokens, which is then never tried as a password. */
export function looksLikePersonalToken(secret: string): boolean {
  return format.hasPrefix(secret);
}

/** True when form and checksum are right: mistyped or invented tokens cost no query, and secret scanners find real ones. */
export function isPersonalToken(secret: string): boolean {
  return format.isWellFormed(secret);
}
