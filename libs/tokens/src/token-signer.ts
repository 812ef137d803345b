import { randomFillSync } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { Grant } from './grant';
import { signToken, type TokenKey } from './json-web-token';
import { KeyRing } from './key-ring';

/** A signed token, and what the response states next to it. */
export interface IssuedToken {
  readonly token: string;
  /** Seconds from `issuedAt`. */
  readonly expiresIn: number;
  readonly issuedAt: Date;
}

// Clocks of registries may be behind ours.
const backdateSeconds = 10;
// zot allows no leeway: it rejects a token whose time of issue its clock has not reached.
const zotBackdateSeconds = 60;
const randomPoolBytes = 4_096;
const idBytes = 16;

/**
 * Signs grants as JWTs that Distribution 2.8 and 3 and zot accept: ES256 or, if the registry is configured so, RS256, with
 * `kid` and `x5c`, one string as `aud`, dates in whole seconds, and 128 random bits as `jti`.
 */
@Injectable()
export class TokenSigner {
  // Random bytes are generated for many tokens in one call: a call per token takes 1/40 of the time of signing one.
  private readonly random = Buffer.alloc(randomPoolBytes);
  private usedBytes = randomPoolBytes;

  constructor(private readonly ring: KeyRing) {}

  /** Signs a grant that is valid from now on. */
  async sign(grant: Grant): Promise<IssuedToken> {
    const { registry } = grant;
    const key = await this.ring.signingKey(
      registry?.kind === 'zot' ? `zot:${registry.id}` : 'shared',
      registry?.tokenAlgorithm ?? 'ES256',
    );
    return this.signWith(key, grant);
  }

  /** Signs with a given key, which may be one that does not sign for the registry yet. */
  async signWith(key: TokenKey, grant: Grant): Promise<IssuedToken> {
    const now = Math.floor(Date.now() / 1000);
    const issued = grant.registry?.kind === 'zot' ? now - zotBackdateSeconds : now;
    const claims = {
      iss: await this.ring.issuer(),
      sub: grant.subject,
      aud: grant.audience,
      exp: now + grant.ttl,
      nbf: issued - backdateSeconds,
      iat: issued,
      jti: this.uniqueId(),
      access: grant.access,
      // Null if there are none: a token without the claim would be rejected, never accepted as unrestricted.
      ...(grant.registry === undefined && { restrictions: grant.restrictions ?? null }),
    };
    return { token: signToken(key, claims), expiresIn: grant.ttl, issuedAt: new Date(now * 1000) };
  }

  private uniqueId(): string {
    if (this.usedBytes === randomPoolBytes) {
      randomFillSync(this.random);
      this.usedBytes = 0;
    }
    return this.random.toString('base64url', this.usedBytes, (this.usedBytes += idBytes));
  }
}
