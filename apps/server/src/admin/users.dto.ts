import { z } from 'zod';
import { listOf, pageSchema } from '../api/page.dto';

/** An account as administrators see it. */
export const adminUserSchema = z
  .strictObject({
    username: z.string(),
    email: z.string().nullable(),
    email_verified: z.boolean(),
    administrator: z.boolean(),
    disabled: z.boolean(),
    created_at: z.iso.datetime(),
  })
  .meta({ id: 'AdminUser' });
/** A page of accounts. */
export const adminUsersSchema = listOf(adminUserSchema).meta({ id: 'AdminUsers' });
/** The query of a page of accounts. */
export const adminUsersQuerySchema = pageSchema('users', 'id').extend({
  q: z.string().min(1).max(254).optional().describe('part of a name or an e-mail address'),
});
/** An account as the API returns it to administrators. */
export type AdminUserDto = z.infer<typeof adminUserSchema>;
