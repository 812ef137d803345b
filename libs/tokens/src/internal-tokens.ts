import type { Registry, RegistryAccess, RegistryTokenSource } from '@central-index/registries';
import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { internalSubject } from './internal-subject';
import { TokenSigner } from './token-signer';
import { V1Tokens } from './v1-tokens.service';

const ttlSeconds = 60;
// The clock of a registry may be ahead, and a token must be valid until the request that it is used for has ended.
const reuseTtlMs = 20_000;
// A reconcile requests tokens for all repositories: only the most recent are worth sharing.
const maxSharedTokens = 500;

/** The tokens with which the index itself sends requests to registries, shared by requests for the same access. */
@Injectable()
export class InternalTokens implements RegistryTokenSource {
  private readonly shared = new LRUCache<string, string>({
    max: maxSharedTokens,
    ttl: reuseTtlMs,
    ttlResolution: 0,
    // Tokens expire by the wall clock.
    perf: { now: () => Date.now() },
  });

  constructor(
    private readonly signer: TokenSigner,
    private readonly v1Tokens: V1Tokens,
  ) {}

  async token(registry: Registry, access: readonly RegistryAccess[]): Promise<string> {
    const key = JSON.stringify([registry.id, registry.service, access]);
    const shared = this.shared.get(key);
    if (shared !== undefined) return shared;
    const grant = { registry, audience: registry.service, subject: internalSubject, access, ttl: ttlSeconds };
    const { token, isProvisional } = await this.signer.sign(grant);
    if (!isProvisional) this.shared.set(key, token);
    return token;
  }

  async v1Authorization(path: string, access: 'read' | 'delete'): Promise<string> {
    return `Token ${await this.v1Tokens.issueInternal(internalSubject, path, access, ttlSeconds)}`;
  }
}
