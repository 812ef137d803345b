import { sign, type KeyObject } from 'node:crypto';
import type { TokenAlgorithm } from '@central-index/registries';

/** A key as a token's header names it. `head` is the encoded header, the same for all its tokens. */
export interface TokenKey {
  readonly algorithm: TokenAlgorithm;
  readonly privateKey: KeyObject;
  readonly head: string;
}

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** The header of every token that a key signs, encoded once. */
export function tokenHead(algorithm: TokenAlgorithm, kid: string, leaf: string): string {
  return encode({ typ: 'JWT', alg: algorithm, kid, x5c: [leaf] });
}

/**
 * Signs claims as a compact JWS (RFC 7515). Written here because signing is most of what an answer costs: jsonwebtoken
 * builds the header, checks the key and copies the claims for every token anew. Verifying stays jsonwebtoken's.
 */
export function signToken(key: TokenKey, claims: object): string {
  const signed = `${key.head}.${encode(claims)}`;
  // JWS wants the two numbers of an ECDSA signature side by side, not in DER.
  const signature = sign('sha256', Buffer.from(signed), {
    key: key.privateKey,
    ...(key.algorithm === 'ES256' ? { dsaEncoding: 'ieee-p1363' } : {}),
  });
  return `${signed}.${signature.toString('base64url')}`;
}
