import type { TokenRestrictions } from '@central-index/accounts';
import { Injectable } from '@nestjs/common';
import { decode, verify, type JwtPayload } from 'jsonwebtoken';
import type { GrantedAccess } from './grant';
import { KeyRing } from './key-ring';
import { invalidToken } from './tokens.errors';

/** What a token of ours says, after everything about it was found right. */
export interface TokenClaims {
  /** Name of the account, empty for anonymous. */
  readonly subject: string;
  readonly access: readonly GrantedAccess[];
  /** The limits of the personal access token that the token was got with. */
  readonly restrictions: TokenRestrictions | undefined;
}

// Ours are 1.2 kB; nothing longer is worth decoding.
const maxCharacters = 8_192;

/** Verifies tokens that this index signed for itself. */
@Injectable()
export class TokenVerifier {
  constructor(private readonly ring: KeyRing) {}

  /**
   * The claims of a token meant for `audience`; throws INVALID_TOKEN for every other string. The key is the one of
   * our own table that `kid` names: what the header says of keys (`jwk`, `jku`, `x5c`) is not looked at.
   */
  async verify(token: string, options: { readonly audience: string }): Promise<TokenClaims> {
    if (options.audience === '') throw new Error('a token cannot be verified without an audience');
    const header = headerOf(token);
    if (header === undefined) throw invalidToken().withPrivateDetail('not a JWT');
    // No extension is understood here, and one that is critical must be (RFC 7515, 4.1.11).
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

// The library takes a token without `exp` or `nbf` and an `aud` that is a list; none of ours is like that.
function readClaims(payload: JwtPayload | string): TokenClaims | undefined {
  if (typeof payload === 'string') return undefined;
  const { sub, aud, exp, nbf } = payload;
  const { access, ceiling } = payload as { access?: unknown; ceiling?: TokenRestrictions };
  const right =
    typeof sub === 'string' &&
    typeof aud === 'string' &&
    Number.isInteger(exp) &&
    Number.isInteger(nbf) &&
    Array.isArray(access);
  return right ? { subject: sub, access: access as GrantedAccess[], restrictions: ceiling } : undefined;
}
