import { z } from 'zod';

const parameter = z.string().min(1).max(255);
// May be repeated; how much it holds is bounded by its own parser.
const scope = z.union([z.string(), z.array(z.string())]).optional();

/** The parameters of GET /token as clients send them: each once, but for `scope`, and none that is not listed here. */
export const TokenQuery = z.strictObject({
  service: parameter,
  scope,
  account: parameter.optional(),
  client_id: parameter.optional(),
  offline_token: z.enum(['true', 'false']).optional(),
});
export type TokenQuery = z.infer<typeof TokenQuery>;

/** What is said of a token, and of the login that its caller keeps. */
export function tokenAnswer(
  issued: { token: string; expiresIn: number; issuedAt: Date },
  login?: string,
): TokenAnswer {
  const { token, expiresIn, issuedAt } = issued;
  const answer = { token, access_token: token, expires_in: expiresIn, issued_at: issuedAt.toISOString() };
  return login === undefined ? answer : { ...answer, refresh_token: login };
}

/**
 * The text of an answer without a login, as JSON.stringify would write it: nothing in a token is escaped (RFC 7515, its
 * characters are those of base64url and dots), and looking for what might be is a tenth of what repeating one costs.
 */
export function tokenAnswerText(issued: { token: string; expiresIn: number; issuedAt: Date }): string {
  const { token, expiresIn, issuedAt } = issued;
  return `{"token":"${token}","access_token":"${token}","expires_in":${expiresIn},"issued_at":"${issuedAt.toISOString()}"}`;
}

const form = {
  service: parameter,
  client_id: parameter,
  scope,
  access_type: z.enum(['online', 'offline']).optional(),
};

/** The form of POST /token (OAuth2), by the same rules. */
export const TokenForm = z.preprocess(
  (body) => (body instanceof URLSearchParams ? fieldsOf(body) : body),
  z.discriminatedUnion('grant_type', [
    z.strictObject({
      ...form,
      grant_type: z.literal('password'),
      username: parameter,
      password: z.string().min(1).max(4096),
    }),
    z.strictObject({ ...form, grant_type: z.literal('refresh_token'), refresh_token: parameter }),
  ]),
);
export type TokenForm = z.infer<typeof TokenForm>;

/** The answer, the same token under both names: old clients read the one, new ones the other. */
export interface TokenAnswer {
  readonly token: string;
  readonly access_token: string;
  /** Whole seconds, 60 at least. */
  readonly expires_in: number;
  /** RFC 3339. */
  readonly issued_at: string;
  /** The refresh token, to who asked for one and to who came with one. */
  readonly refresh_token?: string;
}

// A repeated field is a list, which no field but `scope` may be.
function fieldsOf(body: URLSearchParams): Record<string, string | string[]> {
  const fields = new Map<string, string | string[]>();
  for (const name of new Set(body.keys())) {
    const values = body.getAll(name);
    fields.set(name, values.length === 1 ? values[0]! : values);
  }
  return Object.fromEntries(fields);
}
