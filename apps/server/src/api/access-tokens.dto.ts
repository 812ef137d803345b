import {
  canonicalRepositoryPattern,
  isRepositoryPattern,
  type AccessTokenRecord,
} from '@central-index/accounts';
import { countCodePoints, isBlank, isOneLine } from '@central-index/naming';
import { z } from 'zod';
import { listOf, pageSchema } from './page.dto';
import { idText } from './query-values';

// With an offset, the last hours of the year 9999 are later in UTC.
const lastTime = Date.parse('9999-12-31T23:59:59.999Z');
const maxLabelLength = 100;
const label = z
  .string()
  .trim()
  .refine((text) => !isBlank(text) && isOneLine(text) && countCodePoints(text) <= maxLabelLength, {
    message: `must be one line of 1 to ${maxLabelLength} characters, with something to see`,
  })
  .meta({ minLength: 1, maxLength: maxLabelLength });
const permissions = z
  .array(z.enum(['pull', 'push', 'delete', 'metadata']))
  .min(1)
  .max(4)
  .refine((list) => new Set(list).size === list.length, { message: 'must not repeat' });
const repositories = z
  .array(
    z
      .string()
      .refine(isRepositoryPattern, { message: 'must be like alice/app, alice/*, */* or centos' })
      .transform(canonicalRepositoryPattern),
  )
  .min(1)
  .max(100);

const expiresAt = z.iso
  .datetime({ offset: true })
  .refine((text) => Date.parse(text) > Date.now(), { message: 'must be in the future' })
  .refine((text) => Date.parse(text) <= lastTime, { message: 'must be before the year 10000' });

/** A new access token: the permissions that it is restricted to, and the repositories that they apply to. */
export const newAccessTokenSchema = z
  .strictObject({
    label,
    permissions,
    repositories,
    expires_at: expiresAt.nullish(),
  })
  .meta({ id: 'NewAccessToken' });
/** A validated new access token. */
export type NewAccessTokenDto = z.infer<typeof newAccessTokenSchema>;

/** Changes to an access token. Permissions and repositories stay as they are: for others, create another token. */
export const accessTokenChangesSchema = z
  .strictObject({
    label: label.optional(),
    expires_at: expiresAt.nullable().optional().describe('null for a token that does not expire'),
  })
  .refine((changes) => changes.label !== undefined || changes.expires_at !== undefined, {
    message: 'give label, expires_at or both',
  })
  .meta({ id: 'AccessTokenChanges' });
/** Validated changes to an access token. */
export type AccessTokenChangesDto = z.infer<typeof accessTokenChangesSchema>;

const fields = {
  id: z.string(),
  label: z.string(),
  permissions: z.array(z.string()),
  repositories: z.array(z.string()),
  expires_at: z.iso.datetime().nullable(),
  last_used_at: z.iso.datetime().nullable(),
  created_at: z.iso.datetime(),
};

/** An access token in a list, without its secret. */
export const accessTokenSchema = z.strictObject(fields).meta({ id: 'AccessToken' });
/** An access token as the API returns it. */
export type AccessTokenDto = z.infer<typeof accessTokenSchema>;

/** A created access token. Only this response contains `token`. */
export const createdAccessTokenSchema = z
  .strictObject({ ...fields, token: z.string() })
  .meta({ id: 'CreatedAccessToken' });
/** A created access token as the API returns it. */
export type CreatedAccessTokenDto = z.infer<typeof createdAccessTokenSchema>;

/** A page of access tokens. */
export const accessTokensSchema = listOf(accessTokenSchema).meta({ id: 'AccessTokens' });
/** The query of a page of access tokens. */
export const accessTokensPageSchema = pageSchema('access-tokens', 'id');

/** The id of an access token in a path, a decimal number. */
export const accessTokenIdSchema = z.strictObject({ id: idText });

/** Converts an access token to the format of lists. */
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
