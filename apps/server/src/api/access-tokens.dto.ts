import { isRepositoryPattern, type AccessTokenRecord } from '@central-index/accounts';
import { z } from 'zod';
import { listOf, pageSchema } from './page.dto';

const label = z.string().trim().min(1).max(100);
const permissions = z
  .array(z.enum(['pull', 'push', 'delete', 'metadata']))
  .min(1)
  .max(4)
  .refine((list) => new Set(list).size === list.length, { message: 'must not repeat' });
const repositories = z
  .array(
    z.string().refine(isRepositoryPattern, { message: 'must be like alice/app, alice/* or library/centos' }),
  )
  .min(1)
  .max(100);

/** A new access token: what it may do at most, and where. */
export const newAccessTokenSchema = z
  .strictObject({
    label,
    permissions,
    repositories,
    expires_at: z.iso
      .datetime({ offset: true })
      .refine((text) => Date.parse(text) > Date.now(), { message: 'must be in the future' })
      .nullish(),
  })
  .meta({ id: 'NewAccessToken' });
export type NewAccessTokenDto = z.infer<typeof newAccessTokenSchema>;

const fields = {
  id: z.string(),
  label: z.string(),
  permissions: z.array(z.string()),
  repositories: z.array(z.string()),
  expires_at: z.iso.datetime().nullable(),
  last_used_at: z.iso.datetime().nullable(),
  created_at: z.iso.datetime(),
};

/** An access token as it is listed. */
export const accessTokenSchema = z.strictObject(fields).meta({ id: 'AccessToken' });
export type AccessTokenDto = z.infer<typeof accessTokenSchema>;

/** An access token when it is made: the only time that `token` is shown. */
export const createdAccessTokenSchema = z
  .strictObject({ ...fields, token: z.string() })
  .meta({ id: 'CreatedAccessToken' });
export type CreatedAccessTokenDto = z.infer<typeof createdAccessTokenSchema>;

/** A page of access tokens. */
export const accessTokensSchema = listOf(accessTokenSchema).meta({ id: 'AccessTokens' });
export const accessTokensPageSchema = pageSchema('access-tokens', 'id');

/** The id in a path. Others than decimal numbers cannot exist. */
export const accessTokenIdSchema = z.strictObject({ id: z.string().regex(/^[1-9]\d{0,17}$/) });

/** Writes an access token as it is listed. */
export function toAccessToken(token: AccessTokenRecord): AccessTokenDto {
  return {
    id: token.id,
    label: token.label,
    permissions: [...token.permissions],
    repositories: [...token.repositories],
    expires_at: token.expiresAt?.toISOString() ?? null,
    last_used_at: token.lastUsedAt?.toISOString() ?? null,
    created_at: token.createdAt.toISOString(),
  };
}
