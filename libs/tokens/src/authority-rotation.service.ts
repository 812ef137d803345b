import { createPrivateKey, createPublicKey } from 'node:crypto';
import type { Actor } from '@central-index/audit';
import { RegistriesService, RegistryProbe, type Registry } from '@central-index/registries';
import { Injectable } from '@nestjs/common';
import { base64Der, thumbprint } from './certificates';
import { internalSubject } from './internal-subject';
import { tokenHead } from './json-web-token';
import { SigningKeysService, type RotationOutcome } from './signing-keys.service';
import { TokenSigner } from './token-signer';
import { authorityNotTrusted } from './tokens.errors';

/** `published`: the next authority must be configured at the registries. `switched`: it signs now. */
export type AuthorityOutcome =
  | { readonly step: 'published'; readonly registries: readonly string[] }
  | ({ readonly step: 'switched' } & RotationOutcome);

const probeTtlSeconds = 60;

/**
 * Replaces the certificate authority in two steps, because registries read what they trust at start: first the next one is
 * published next to the active one; later, when every registry trusts its tokens, it becomes the active one.
 */
@Injectable()
export class AuthorityRotation {
  constructor(
    private readonly keys: SigningKeysService,
    private readonly signer: TokenSigner,
    private readonly registries: RegistriesService,
  ) {}

  /**
   * Takes the next step. Throws AUTHORITY_NOT_TRUSTED with the registries that do not trust the next authority yet, and
   * REGISTRY_UNREACHABLE if one does not respond; nothing has changed then.
   */
  async advance(actor: Actor, now = new Date()): Promise<AuthorityOutcome> {
    // A zot registry trusts its own key, not the authority; v1 registries accept no tokens.
    const trusting = (await this.registries.list()).filter(({ kind }) => kind !== 'zot' && kind !== 'v1');
    if (await this.keys.publishAuthority(actor, now)) {
      return { step: 'published', registries: trusting.map(({ name }) => name) };
    }
    const rejecting: string[] = [];
    for (const registry of trusting) {
      if (!(await this.isTrustedBy(registry, now))) rejecting.push(registry.name);
    }
    if (rejecting.length > 0) throw authorityNotTrusted(rejecting);
    return { step: 'switched', ...(await this.keys.switchAuthority(actor, now)) };
  }

  private async isTrustedBy(registry: Registry, now: Date): Promise<boolean> {
    const { tokenAlgorithm: algorithm } = registry;
    const { certificate, privateKey } = await this.keys.trialLeaf(algorithm, now);
    const key = {
      algorithm,
      privateKey: createPrivateKey({ key: privateKey, format: 'der', type: 'pkcs8' }),
      head: tokenHead(algorithm, thumbprint(createPublicKey(certificate)), base64Der(certificate)),
    };
    const probe = new RegistryProbe({
      token: async (probed, access) => {
        const grant = {
          registry: probed,
          audience: probed.service,
          subject: internalSubject,
          access,
          ttl: probeTtlSeconds,
        };
        return (await this.signer.signWith(key, grant)).token;
      },
    });
    return (await probe.statusFor(registry, registry.service)) === 200;
  }
}
