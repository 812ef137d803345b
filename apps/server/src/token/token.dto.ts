import { z } from 'zod';

const parameter = z.string().min(1).max(255);
// It may be repeated. The scope parser limits its length.
const scope = z.union([z.string(), z.array(z.string())]).optional();

/** The query of GET /token. Only `scope` may be repeated, and unknown parameters are refused. */
export const TokenQuery = z.strictObject({
  service: parameter,
  scope,
  account: parameter.optional(),
  client_id: parameter.optional(),
  offline_token: z.enum(['true', 'false']).optional(),
});
/** A validated query of GET /token. */
export type TokenQuery = z.infer<typeof TokenQuery>;

/** A signed token: the JWT, its lifetime in seconds, and when it was issued. */
export interface IssuedToken {
  readonly token: string;
  readonly expiresIn: number;
  readonly issuedAt: Date;
}

/** The response with a token, and with the refresh token if there is one. */
export function toTokenResponse(issued: IssuedToken, refreshToken?: string): TokenResponse {
  const { token, expiresIn, issuedAt } = issued;
  const response = { token, access_token: token, expires_in: expiresIn, issued_at: issuedAt.toISOString() };
  return refreshToken === undefined ? response : { ...response, refresh_token: refreshToken };
}

/**
 * The response without a refresh token as text, equal to that of JSON.stringify. A JWT consists of base64url characters
 * and dots (RFC 7515), so nothing needs escaping; checking for it takes a tenth of the time of a cached response.
 */
export function tokenResponseText({ token, expiresIn, issuedAt }: IssuedToken): string {
  return `{"token":"${token}","access_token":"${token}","expires_in":${expiresIn},"issued_at":"${issuedAt.toISOString()}"}`;
}

const form = {
  service: parameter,
  client_id: parameter,
  scope,
  access_type: z.enum(['online', 'offline']).optional(),
};

/** The form of POST /token (OAuth 2.0), by the same rules. */
export const TokenForm = z.discriminatedUnion('grant_type', [
  z.strictObject({
    ...form,
    grant_type: z.literal('password'),
    username: parameter,
    password: z.string().min(1).max(4096),
  }),
  z.strictObject({ ...form, grant_type: z.literal('refresh_token'), refresh_token: parameter }),
]);
/** A validated form of POST /token. */
export type TokenForm = z.infer<typeof TokenForm>;

/** The response of `/token`. The token has two names: old clients read `token`, new ones `access_token`. */
export interface TokenResponse {
  readonly token: string;
  readonly access_token: string;
  /** Whole seconds, at least 60. */
  readonly expires_in: number;
  /** RFC 3339. */
  readonly issued_at: string;
  /** Present if the caller requested a refresh token or sent one. */
  readonly refresh_token?: string;
}
