import type { Registry, RegistryAccess, RegistryTokenSource } from '@central-index/registries';
import { Injectable } from '@nestjs/common';
import { TokenSigner } from './token-signer';

/** Subject of the index's own reads and deletes, which no account can have: they count as no pull and no push. */
export const indexSubject = ':index';

const ttl = 60;

/** The tokens with which the index itself asks a registry: as short as a token may be. */
@Injectable()
export class IndexTokens implements RegistryTokenSource {
  constructor(private readonly signer: TokenSigner) {}

  async token(registry: Registry, access: readonly RegistryAccess[]): Promise<string> {
    const grant = { registry, audience: registry.service, subject: indexSubject, access, ttl };
    return (await this.signer.sign(grant)).token;
  }
}
