import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '@central-index/platform/config';
import { looksLikePersonalToken } from './personal-token';

/** Longer passwords would cost hashing time without being safer. */
export const maxPasswordBytes = 1024;

// Words of the service, which attackers try first.
const serviceWords = ['centralindex', 'central', 'index', 'docker', 'registry', 'container', 'repository'];

// Characters that a password must have besides the words that attackers try first: the smallest PASSWORD_MIN_LENGTH.
const minUnpredictableLength = 8;

let common: ReadonlySet<string> | undefined;

function commonPasswords(): ReadonlySet<string> {
  common ??= new Set(
    readFileSync(join(packageRoot, 'libs', 'accounts', 'data', 'common-passwords.txt'), 'utf8').split('\n'),
  );
  return common;
}

/** Returns the form in which passwords are compared and hashed: `é` as one character and as two are the same. */
export function normalisePassword(password: string): string {
  return password.normalize('NFKC');
}

/**
 * Returns why a password is refused, or undefined if it is accepted. It must have at least `minLength` code points.
 * There are no rules on its characters (NIST SP 800-63B), but the most common passwords are refused, and those made
 * mainly of words of this service or of `ownWords`, such as the person's name.
 */
export function passwordPolicyViolation(
  password: string,
  rules: { minLength: number; ownWords: readonly string[] },
): string | undefined {
  const plain = normalisePassword(password);
  if (Buffer.byteLength(plain) > maxPasswordBytes) return `must have at most ${maxPasswordBytes} bytes`;
  if ([...plain].length < rules.minLength) return `must have at least ${rules.minLength} characters`;
  if (looksLikePersonalToken(plain)) return 'must not look like an access token';
  const folded = plain.toLowerCase();
  if (commonPasswords().has(folded) || new Set(folded).size < 3) {
    return 'is one of the most common passwords, choose another';
  }
  if (isMainlyWords(folded, [...serviceWords, ...rules.ownWords])) {
    return 'must not be made of your name, your e-mail address or words of this service';
  }
  return undefined;
}

function isMainlyWords(folded: string, words: readonly string[]): boolean {
  const known = words.map((word) => word.toLowerCase()).filter((word) => word.length >= 3);
  const longestFirst = known.sort((a, b) => b.length - a.length);
  const rest = longestFirst.reduce((text, word) => text.replaceAll(word, ''), folded);
  return rest !== folded && [...rest].length < minUnpredictableLength;
}
