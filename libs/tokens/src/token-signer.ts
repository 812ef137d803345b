import { randomFillSync } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { RegistryProbe, type Registry } from '@central-index/registries';
import type { Grant } from './grant';
import { signToken, type TokenKey } from './json-web-token';
import { KeyRing } from './key-ring';
import { internalSubject } from './internal-subject';
import { RegistryKeyChoice } from './registry-key-choice';

/** A signed token, and what the response states next to it. */
export interface IssuedToken {
  readonly token: string;
  /** Seconds from `issuedAt`. */
  readonly expiresIn: number;
  readonly issuedAt: Date;
  /** True while the key of its registry is being rotated: the token may be rejected sooner than it expires. */
  readonly isProvisional?: true;
}

// Clocks of registries may be behind ours.
const backdateSeconds = 10;
// zot allows no leeway: it rejects a token whose time of issue its clock has not reached.
const zotBackdateSeconds = 60;
const randomPoolBytes = 4_096;
const idBytes = 16;
const trialTtlSeconds = 60;

/**
 * Signs grants as JWTs that Distribution 2.8 and 3 and zot accept: ES256 or, if the registry is configured so, RS256, with
 * `kid` and `x5c`, one string as `aud`, dates in whole seconds, and 128 random bits as `jti`.
 */
@Injectable()
export class TokenSigner {
  // Random bytes are generated for many tokens in one call: a call per token takes 1/40 of the time of signing one.
  private readonly random = Buffer.alloc(randomPoolBytes);
  private usedBytes = randomPoolBytes;
  private readonly choice = new RegistryKeyChoice();

  constructor(private readonly ring: KeyRing) {}

  /** Signs a grant that is valid from now on. */
  async sign(grant: Grant): Promise<IssuedToken> {
    const { registry } = grant;
    if (registry?.kind === 'zot') return this.signForZot(registry, grant);
    return this.signWith(await this.ring.signingKey('shared', registry?.tokenAlgorithm ?? 'ES256'), grant);
  }

  /**
   * The response of a registry to a token that is signed with the key that is to be its next one; undefined when none is
   * published. Throws REGISTRY_UNREACHABLE.
   */
  async statusForNextKey(registry: Registry): Promise<number | undefined> {
    const next = await this.ring.nextKey(`zot:${registry.id}`, registry.tokenAlgorithm);
    if (next === undefined) return undefined;
    const probe = new RegistryProbe({ token: (probed) => this.signTrial(next, probed) });
    return probe.statusFor(registry, registry.service);
  }

  // zot trusts a single key, which it reads at its start: during a rotation, only its responses show which one.
  private async signForZot(registry: Registry, grant: Grant): Promise<IssuedToken> {
    const purpose = `zot:${registry.id}` as const;
    const active = await this.ring.signingKey(purpose, registry.tokenAlgorithm);
    const next = await this.ring.nextKey(purpose, registry.tokenAlgorithm);
    if (next === undefined) return this.signWith(active, grant);
    const isNext = await this.choice.trustsNext(registry, next.kid, (probed) => this.signTrial(next, probed));
    return { ...(await this.signWith(isNext ? next : active, grant)), isProvisional: true };
  }

  private async signTrial(key: TokenKey, registry: Registry): Promise<string> {
    const subject = internalSubject;
    const grant = { registry, audience: registry.service, subject, access: [], ttl: trialTtlSeconds };
    return (await this.signWith(key, grant)).token;
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
      ...(grant.passwordChangedAt && { password_version: grant.passwordChangedAt.getTime() }),
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
