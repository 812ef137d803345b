import { foldCase } from '@central-index/naming';
import { invalidInput } from '@central-index/platform/errors';

// Looser than the syntax of addresses: whatever has one @ inside is meant as one, and no account has such a name.
const emailAddress = /^[^@\s]+@[^@\s]+$/;

/** True for text that is meant as an e-mail address. People type theirs where a user name is asked for. */
export function isMeantAsEmail(text: string): boolean {
  return emailAddress.test(text);
}

/**
 * Returns the account name that an administrator typed, in lower case. Throws VALIDATION_FAILED for an e-mail address,
 * with a hint to use the user name.
 */
export function toAccountName(typed: string): string {
  if (isMeantAsEmail(typed)) {
    throw invalidInput([{ field: '', message: 'use the user name, not the e-mail address' }]);
  }
  return foldCase(typed);
}
