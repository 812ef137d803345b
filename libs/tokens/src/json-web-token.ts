import { sign, type KeyObject } from 'node:crypto';
import type { TokenAlgorithm } from '@central-index/registries';

/** A key that signs tokens. `head` is the encoded header, which is the same for all of its tokens. */
export interface TokenKey {
  readonly algorithm: TokenAlgorithm;
  readonly privateKey: KeyObject;
  readonly head: string;
}

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** The encoded header of the tokens of a key. `leaf` is the certificate's DER in base64. */
export function tokenHead(algorithm: TokenAlgorithm, kid: string, leaf: string): string {
  return encode({ typ: 'JWT', alg: algorithm, kid, x5c: [leaf] });
}

/**
 * Signs claims as a compact JWS (RFC 7515). Not done by jsonwebtoken, because signing takes most of the time of a token
 * request, and jsonwebtoken builds the header, checks the key and copies the claims again for each token. Tokens are
 * verified by jsonwebtoken.
 */
export function signToken(key: TokenKey, claims: object): string {
  const signed = `${key.head}.${encode(claims)}`;
  // In JWS an ECDSA signature is the concatenation of its two numbers, not their DER.
  const signature = sign('sha256', Buffer.from(signed), {
    key: key.privateKey,
    ...(key.algorithm === 'ES256' ? { dsaEncoding: 'ieee-p1363' } : {}),
  });
  return `${signed}.${signature.toString('base64url')}`;
}
