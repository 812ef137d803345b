import { createPrivateKey, createPublicKey } from 'node:crypto';
import type { Actor } from '@central-index/audit';
import { RegistriesService, RegistryProbe, type Registry } from '@central-index/registries';
import { Injectable } from '@nestjs/common';
import { base64Der, thumbprint } from './certificates';
import { internalSubject } from './internal-tokens';
import { tokenHead } from './json-web-token';
import { SigningKeysService, type RotationOutcome } from './signing-keys.service';
import { TokenSigner } from './token-signer';
import { authorityNotTrusted } from './tokens.errors';

/** `published`: registries are to be told of the next authority. `switched`: it signs now. */
export type AuthorityOutcome =
  | { readonly step: 'published'; readonly registries: readonly string[] }
  | ({ readonly step: 'switched' } & RotationOutcome);

const probeTtl = 60;

/**
 * Replaces the certificate authority in two steps, because registries read what they trust at their start: first the
 * next one is published beside the present one, later, when every registry believes its tokens, it takes over.
 */
@Injectable()
export class AuthorityRotation {
  constructor(
    private readonly keys: SigningKeysService,
    private readonly signer: TokenSigner,
    private readonly registries: RegistriesService,
  ) {}

  /**
   * Takes the step that is next. Throws AUTHORITY_NOT_TRUSTED, naming the registries that do not believe the next
   * authority yet, and REGISTRY_UNREACHABLE when one cannot be asked: nothing has changed then.
   */
  async advance(actor: Actor, now = new Date()): Promise<AuthorityOutcome> {
    // A zot registry trusts its own key, not the authority; v1 registries take no tokens.
    const trusting = (await this.registries.list()).filter(({ kind }) => kind !== 'zot' && kind !== 'v1');
    if (await this.keys.publishAuthority(actor, now)) {
      return { step: 'published', registries: trusting.map(({ name }) => name) };
    }
    const refusing: string[] = [];
    for (const registry of trusting)
      if (!(await this.isTrustedBy(registry, now))) refusing.push(registry.name);
    if (refusing.length > 0) throw authorityNotTrusted(refusing);
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
      token: async (asked, access) => {
        const grant = {
          registry: asked,
          audience: asked.service,
          subject: internalSubject,
          access,
          ttl: probeTtl,
        };
        return (await this.signer.signWith(key, grant)).token;
      },
    });
    return (await probe.statusFor(registry, registry.service)) === 200;
  }
}
