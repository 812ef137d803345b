import type { Registry } from '@central-index/registries';
import type { TokenClaims } from './token-verifier';

/** What a token of the v1 protocol opens. */
export type V1Access = 'read' | 'write' | 'delete';

/** A token as the client sends it: the values beside the signature are what it claims, not what was signed. */
export interface V1TokenValue {
  readonly signature: string;
  /** `namespace/name`. */
  readonly repository: string;
  readonly access: V1Access;
}

/**
 * The audience of v1 tokens. No registry can have this service, because a service begins with a letter or digit: neither
 * does a registry accept these tokens, nor are tokens for a registry or for `/v2/` accepted as v1 tokens.
 */
export const v1Audience = ':v1';

/** The type in the `access` claim, which no registry knows. */
export const v1AccessType = 'v1-repository';

// Python's registry signs in the same way and needs not more; a JWT has about 1,400 characters.
const maxCharacters = 6_000;
// A client gets no second token during a push, however long its layers take. Each use is decided again, so that a long
// lifetime delays no revocation.
const defaultTtl = 3_600;
const pairFormat = /(\w+)[:=]\s*"?([^",\s]+)"?/g;
const accesses: readonly string[] = ['read', 'write', 'delete'] satisfies V1Access[];

/** Lifetime of the tokens for a v1 registry, in seconds. `ttl` is that of other tokens. */
export function v1TokenTtl({ tokenTtl }: Registry, ttl: number): number {
  return tokenTtl ?? Math.max(defaultTtl, ttl);
}

/** The value of `X-Docker-Token`: without the word `Token`, which clients put before it (PROTOCOL A.2). */
export function formatV1Token({ signature, repository, access }: V1TokenValue): string {
  return `signature=${signature},repository="${repository}",access=${access}`;
}

/**
 * Reads `Authorization: Token …`, with the word once or twice, because clients also put it before values that have it.
 * Undefined for any other text, and for a value that occurs twice.
 */
export function parseV1Token(authorization: string): V1TokenValue | undefined {
  const text = /^token +(?:token +)?(?!token\b)(\S.*)$/i.exec(authorization)?.[1];
  if (text === undefined || text.length > maxCharacters) return undefined;
  const values = new Map<string, string>();
  for (const [, name = '', value = ''] of text.matchAll(pairFormat)) {
    if (values.has(name)) return undefined;
    values.set(name, value);
  }
  const [signature, repository, access] = ['signature', 'repository', 'access'].map((name) =>
    values.get(name),
  );
  if (signature === undefined || repository === undefined || access === undefined) return undefined;
  return accesses.includes(access) ? { signature, repository, access: access as V1Access } : undefined;
}

/** True if the verified claims are those of a v1 token for exactly this repository and access. */
export function isSignedFor(claims: TokenClaims, { repository, access }: V1TokenValue): boolean {
  const [entry, ...others] = claims.access;
  return (
    others.length === 0 &&
    entry?.type === v1AccessType &&
    entry.name === repository &&
    entry.actions.length === 1 &&
    entry.actions[0] === access
  );
}
