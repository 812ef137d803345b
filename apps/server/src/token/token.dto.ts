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
