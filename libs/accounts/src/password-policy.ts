import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '@central-index/platform/config';
import { looksLikePersonalToken } from './personal-token';

/** More than this costs the hasher time and buys nobody safety. */
export const maxPasswordBytes = 1024;

// Words of the service: whoever guesses begins with them.
const serviceWords = ['centralindex', 'central', 'index', 'docker', 'registry', 'container', 'repository'];

// What must be left of a password without words that a guesser tries first: the least PASSWORD_MIN_LENGTH.
const minUnpredictableLength = 8;

let common: ReadonlySet<string> | undefined;

function commonPasswords(): ReadonlySet<string> {
  common ??= new Set(
    readFileSync(join(packageRoot, 'libs', 'accounts', 'data', 'common-passwords.txt'), 'utf8').split('\n'),
  );
  return common;
}

/** The form in which passwords are compared and hashed: `é` typed as one character or as two is the same. */
export function normalisePassword(password: string): string {
  return password.normalize('NFKC');
}

/**
 * Why a password may not be chosen, or undefined if it may. Length in code points, at least `minLength`; no rules on
 * what characters it holds (NIST SP 800-63B), but not what others chose most often, and not mainly words of this
 * service or of the person's own.
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
    return 'is one of the passwords that are guessed first, choose another';
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
