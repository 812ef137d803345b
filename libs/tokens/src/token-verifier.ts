import type { TokenRestrictions } from '@central-index/accounts';
import { Injectable } from '@nestjs/common';
import { decode, verify, type JwtPayload } from 'jsonwebtoken';
import type { GrantedAccess } from './grant';
import { KeyRing } from './key-ring';
import { invalidToken } from './tokens.errors';

/** The claims of a token that this index signed, after verification. */
export interface TokenClaims {
  /** Name of the account, empty for anonymous. */
  readonly subject: string;
  readonly access: readonly GrantedAccess[];
  /** The limits of the personal access token that the token was requested with. */
  readonly restrictions: TokenRestrictions | undefined;
  /** The version of the password that the token was requested with, as a time in milliseconds. */
  readonly passwordVersion?: number;
}

// Ours have about 1,200; longer ones are not decoded.
const maxCharacters = 8_192;

/** Verifies tokens that this index signed for itself. */
@Injectable()
export class TokenVerifier {
  constructor(private readonly ring: KeyRing) {}

  /**
   * The claims of a token for `audience`. Throws INVALID_TOKEN for any other string. The key is the one that `kid` names in
   * our own table: keys in the header (`jwk`, `jku`, `x5c`) are ignored.
   */
  async verify(token: string, options: { readonly audience: string }): Promise<TokenClaims> {
    if (options.audience === '') throw new Error('a token cannot be verified without an audience');
    const header = headerOf(token);
    if (header === undefined) throw invalidToken().withPrivateDetail('not a JWT');
    // Critical extensions must be understood (RFC 7515, 4.1.11), and none is here.
    if (header.kid === undefined || 'crit' in header) throw invalidToken().withPrivateDetail('kid or crit');
    const key = await this.ring.verificationKey(header.kid);
    if (key === undefined) throw invalidToken().withPrivateDetail('unknown kid');
    let payload: JwtPayload | string;
    try {
      payload = verify(token, key, {
        algorithms: ['ES256'],
        issuer: await this.ring.issuer(),
        audience: options.audience,
      });
    } catch (error) {
      throw invalidToken().withPrivateDetail((error as Error).message);
    }
    const claims = readClaims(payload);
    if (claims === undefined) throw invalidToken().withPrivateDetail('claims');
    return claims;
  }
}

function headerOf(token: string): { kid?: string } | undefined {
  if (token.length > maxCharacters) return undefined;
  try {
    return decode(token, { complete: true })?.header;
  } catch {
    return undefined;
  }
}

// jsonwebtoken accepts tokens without `exp` or `nbf` and with a list as `aud`; ours always have these claims. So have they
// `restrictions`: a token without it was signed for another purpose, and must not count as unrestricted.
function readClaims(payload: JwtPayload | string): TokenClaims | undefined {
  if (typeof payload === 'string') return undefined;
  const { sub, aud, exp, nbf } = payload;
  const {
    access,
    restrictions,
    password_version: passwordVersion,
  } = payload as {
    access?: unknown;
    restrictions?: TokenRestrictions | null;
    password_version?: number;
  };
  const isValid =
    typeof sub === 'string' &&
    typeof aud === 'string' &&
    Number.isInteger(exp) &&
    Number.isInteger(nbf) &&
    Array.isArray(access) &&
    restrictions !== undefined;
  return isValid
    ? {
        subject: sub,
        access: access as GrantedAccess[],
        restrictions: restrictions ?? undefined,
        ...(passwordVersion !== undefined && { passwordVersion }),
      }
    : undefined;
}
