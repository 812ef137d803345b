import type { Account } from '@central-index/accounts';
import { z } from 'zod';

// Which names and passwords are taken is the rooms' to say; here only what any of them could be.
const username = z
  .string()
  .min(1)
  .max(255)
  .describe('3 to 30 lower-case letters and digits, single - or _ between');
const password = z.string().min(1).max(4096);
const email = z.email().max(254);

/** A sign-up. */
export const newUserSchema = z
  .strictObject({
    username,
    email,
    password,
    invite: z.string().min(1).max(100).optional().describe('needed where sign-up is by invitation'),
  })
  .meta({ id: 'NewUser' });
export type NewUserDto = z.infer<typeof newUserSchema>;

/** A sign-in. */
export const loginSchema = z.strictObject({ username, password }).meta({ id: 'Login' });
export type LoginDto = z.infer<typeof loginSchema>;

/** Changes to one's own account. */
export const userChangesSchema = z
  .strictObject({
    email: email.optional(),
    password: password.optional(),
    current_password: password.optional().describe('needed to change the password'),
  })
  .refine((changes) => changes.email !== undefined || changes.password !== undefined, {
    message: 'give email, password or both',
  })
  .meta({ id: 'UserChanges' });
export type UserChangesDto = z.infer<typeof userChangesSchema>;

/** An account as its owner sees it. */
export const userSchema = z
  .strictObject({
    username: z.string(),
    email: z.string().nullable(),
    email_verified: z.boolean(),
    created_at: z.iso.datetime(),
  })
  .meta({ id: 'User' });
export type UserDto = z.infer<typeof userSchema>;

/** Writes an account as its owner sees it. */
export function toUser(account: Account): UserDto {
  return {
    username: account.name,
    email: account.email,
    email_verified: account.emailVerified,
    created_at: account.createdAt.toISOString(),
  };
}
