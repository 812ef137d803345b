import { randomFillSync } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { Grant } from './grant';
import { signToken, type TokenKey } from './json-web-token';
import { KeyRing } from './key-ring';

/** A signed token, and what its answer says beside it. */
export interface IssuedToken {
  readonly token: string;
  /** Seconds from `issuedAt`. */
  readonly expiresIn: number;
  readonly issuedAt: Date;
}

// Registries' clocks may lag behind ours.
const backdated = 10;
// zot knows no leeway and refuses a token issued in what it takes for the future.
const zotBackDated = 60;

/**
 * Signs grants as JWTs that Distribution 2.8 and 3 and zot take: ES256 or, where one asks for it, RS256, `kid` and `x5c`, `aud` one string, dates
 * whole seconds, `jti` 128 random bits.
 */
@Injectable()
export class TokenSigner {
  // Random bytes cost less by the page: asking the generator for each token was a fortieth of its price.
  private readonly random = Buffer.alloc(4_096);
  private usedIds = this.random.length;

  constructor(private readonly ring: KeyRing) {}

  /** Signs what was granted, from now on. */
  async sign(grant: Grant): Promise<IssuedToken> {
    const { registry } = grant;
    const key = await this.ring.signingKey(
      registry?.kind === 'zot' ? `zot:${registry.id}` : 'shared',
      registry?.tokenAlgorithm ?? 'ES256',
    );
    return this.signWith(key, grant);
  }

  /** Signs with a key that is not, or not yet, what signs for the registry. */
  async signWith(key: TokenKey, grant: Grant): Promise<IssuedToken> {
    const now = Math.floor(Date.now() / 1000);
    const issued = grant.registry?.kind === 'zot' ? now - zotBackDated : now;
    const claims = {
      iss: await this.ring.issuer(),
      sub: grant.subject,
      aud: grant.audience,
      exp: now + grant.ttl,
      nbf: issued - backdated,
      iat: issued,
      jti: this.uniqueId(),
      access: grant.access,
      ...(grant.registry === undefined && grant.restrictions !== undefined
        ? { ceiling: grant.restrictions }
        : {}),
    };
    return { token: signToken(key, claims), expiresIn: grant.ttl, issuedAt: new Date(now * 1000) };
  }

  private uniqueId(): string {
    if (this.usedIds === this.random.length) {
      randomFillSync(this.random);
      this.usedIds = 0;
    }
    return this.random.toString('base64url', this.usedIds, (this.usedIds += 16));
  }
}
