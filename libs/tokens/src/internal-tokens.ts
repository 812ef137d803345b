import type { Registry, RegistryAccess, RegistryTokenSource } from '@central-index/registries';
import { Injectable } from '@nestjs/common';
import { TokenSigner } from './token-signer';

/** Subject of the index's own reads and deletes, which no account can have: they count as no pull and no push. */
export const internalSubject = ':index';

const ttl = 60;
// A registry's clock may be ahead, and a token must last as long as what is asked with it.
const reuseForMs = 20_000;
const maxSharedTokens = 500;

/**
 * The tokens with which the index itself asks a registry: as short as a token may be, and shared by what is asked of the
 * same repository.
 */
@Injectable()
export class InternalTokens implements RegistryTokenSource {
  private readonly shared = new Map<string, { readonly token: string; readonly until: number }>();

  constructor(private readonly signer: TokenSigner) {}

  async token(registry: Registry, access: readonly RegistryAccess[]): Promise<string> {
    const key = JSON.stringify([registry.id, registry.service, access]);
    const known = this.shared.get(key);
    if (known !== undefined && Date.now() < known.until) return known.token;
    const grant = { registry, audience: registry.service, subject: internalSubject, access, ttl };
    const { token } = await this.signer.sign(grant);
    // The oldest go first: a reconcile passes through all repositories.
    for (const oldest of this.shared.keys()) {
      if (this.shared.size < maxSharedTokens) break;
      this.shared.delete(oldest);
    }
    this.shared.delete(key);
    this.shared.set(key, { token, until: Date.now() + reuseForMs });
    return token;
  }
}
