import { z } from 'zod';

/** The token of a link, in its path. */
export const resetPathSchema = z.strictObject({ token: z.string().max(100) });
/** A validated path. */
export type ResetPathDto = z.infer<typeof resetPathSchema>;

/** The new password. */
export const newPasswordSchema = z
  .strictObject({ password: z.string().min(1).max(4096) })
  .meta({ id: 'NewPassword', examples: [{ password: 'a long enough phrase' }] });
/** A validated new password. */
export type NewPasswordDto = z.infer<typeof newPasswordSchema>;

/** Whose password a link sets, and until when. */
export const passwordResetSchema = z
  .strictObject({ username: z.string(), expires_at: z.iso.datetime() })
  .meta({ id: 'PasswordReset', examples: [{ username: 'alice', expires_at: '2026-01-31T12:00:00.000Z' }] });
/** A link as the API returns it. */
export type PasswordResetDto = z.infer<typeof passwordResetSchema>;
