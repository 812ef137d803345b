import { z } from 'zod';

const parameter = z.string().min(1).max(255);

/**
 * The parameters of GET /token as clients send them. `scope` may be repeated and is bounded by its own parser; all
 * others may be given once, and none that is not listed here.
 */
export const TokenQuery = z.strictObject({
  service: parameter,
  scope: z.union([z.string(), z.array(z.string())]).optional(),
  account: parameter.optional(),
  client_id: parameter.optional(),
  // Asks for a refresh token. None is given by GET: docker would then use POST and nothing else (PROTOCOL T18).
  offline_token: z.enum(['true', 'false']).optional(),
});
export type TokenQuery = z.infer<typeof TokenQuery>;

/** What is said of a token. */
export function tokenAnswer(issued: { token: string; expiresIn: number; issuedAt: Date }): TokenAnswer {
  const { token, expiresIn, issuedAt } = issued;
  return { token, access_token: token, expires_in: expiresIn, issued_at: issuedAt.toISOString() };
}

/** The answer, the same token under both names: old clients read the one, new ones the other. */
export interface TokenAnswer {
  readonly token: string;
  readonly access_token: string;
  /** Whole seconds, 60 at least. */
  readonly expires_in: number;
  /** RFC 3339. */
  readonly issued_at: string;
}
