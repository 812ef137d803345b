import type { Account } from '@central-index/accounts';
import { z } from 'zod';
import { nameComponent } from './repositories.dto';

// Outer limits only: the libraries decide which names and passwords are accepted.
const username = z
  .string()
  .min(1)
  .max(255)
  .describe('3 to 30 lower-case letters and digits, with single - or _ between them');
const password = z.string().min(1).max(4096);
const email = z.email().max(254);

/** A sign-up. */
export const newUserSchema = z
  .strictObject({
    username,
    email,
    password,
    invite: z
      .string()
      .min(1)
      .max(100)
      .optional()
      .describe('invitation code, required where sign-up is by invitation'),
  })
  .meta({ id: 'NewUser' });
/** A validated sign-up. */
export type NewUserDto = z.infer<typeof newUserSchema>;

/** A sign-in. */
export const loginSchema = z.strictObject({ username, password }).meta({ id: 'Login' });
/** A validated sign-in. */
export type LoginDto = z.infer<typeof loginSchema>;

/** Changes to the caller's own account. */
export const userChangesSchema = z
  .strictObject({
    email: email.optional(),
    password: password.optional(),
    current_password: password.optional().describe('required to change the password'),
  })
  .refine((changes) => changes.email !== undefined || changes.password !== undefined, {
    message: 'give email, password or both',
  })
  .meta({ id: 'UserChanges' });
/** Validated changes to the caller's own account. */
export type UserChangesDto = z.infer<typeof userChangesSchema>;

/** The deletion of the caller's own account, which a session or stored credentials alone do not allow. */
export const userDeletionSchema = z
  .strictObject({ password: password.describe('the password of the account, again') })
  .meta({ id: 'UserDeletion' });
/** A validated deletion of the caller's own account. */
export type UserDeletionDto = z.infer<typeof userDeletionSchema>;

/** An account as its owner sees it. */
export const userSchema = z
  .strictObject({
    username: z.string(),
    email: z.string().nullable(),
    email_verified: z.boolean(),
    created_at: z.iso.datetime(),
  })
  .meta({ id: 'User' });
/** An account as the API returns it to its owner. */
export type UserDto = z.infer<typeof userSchema>;

/** The name of an account in a path, in any case. */
export const usernameSchema = z.strictObject({ username: nameComponent });

/** The public part of an account. */
export const publicUserSchema = z
  .strictObject({ username: z.string(), created_at: z.iso.datetime() })
  .meta({ id: 'PublicUser' });
/** The public part of an account as the API returns it. */
export type PublicUserDto = z.infer<typeof publicUserSchema>;

/** Converts an account to its public part. */
export function toPublicUser({ name, createdAt }: Account): PublicUserDto {
  return { username: name, created_at: createdAt.toISOString() };
}

/** Converts an account to the format for its owner. */
export function toUser(account: Account): UserDto {
  return {
    username: account.name,
    email: account.email,
    email_verified: account.emailVerified,
    created_at: account.createdAt.toISOString(),
  };
}
