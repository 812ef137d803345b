import { z } from 'zod';

const email = z.email().max(254);

/** True for an e-mail address of at most 254 characters; whether it exists, only a mail can tell. */
export function isEmailAddress(text: string): boolean {
  return email.safeParse(text).success;
}
