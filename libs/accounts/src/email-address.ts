import { z } from 'zod';

const email = z.email().max(254);

/** True for a well-formed e-mail address of at most 254 characters. Only sending a message shows whether it exists. */
export function isEmailAddress(text: string): boolean {
  return email.safeParse(text).success;
}
