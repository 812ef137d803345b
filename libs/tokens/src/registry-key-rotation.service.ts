import type { Actor } from '@central-index/audit';
import { RegistriesService } from '@central-index/registries';
import { Injectable } from '@nestjs/common';
import { SigningKeysService } from './signing-keys.service';
import { TokenSigner } from './token-signer';
import { registryHasNoKey } from './tokens.errors';

/**
 * `published`: the next certificate must replace the one that the registry reads at its start. `waiting`: it is published,
 * and the registry does not trust it yet. `switched`: it is the only one. The certificate is in PEM.
 */
export type RegistryKeyOutcome =
  | { readonly step: 'published' | 'waiting'; readonly certificate: string }
  | { readonly step: 'switched'; readonly activated: readonly string[] };

/**
 * Replaces the key of a registry that has one of its own, in two steps: first the next certificate is published, and from
 * then on tokens are signed with the key that the registry trusts, whichever it is; later, when it trusts the next one,
 * the former key is deleted.
 */
@Injectable()
export class RegistryKeyRotation {
  constructor(
    private readonly registries: RegistriesService,
    private readonly keys: SigningKeysService,
    private readonly signer: TokenSigner,
  ) {}

  /**
   * Takes the next step. Throws NOT_FOUND, REGISTRY_HAS_NO_KEY for a registry that trusts the authority, and
   * REGISTRY_UNREACHABLE; nothing has changed then.
   */
  async advance(registryName: string, actor: Actor, now = new Date()): Promise<RegistryKeyOutcome> {
    const registry = await this.registries.get(registryName);
    if (registry.kind !== 'zot') throw registryHasNoKey(registry.name);
    const { tokenAlgorithm: algorithm } = registry;
    const purpose = `zot:${registry.id}` as const;
    const { certificate, isNew } = await this.keys.publishNext(purpose, algorithm, actor, now);
    if (isNew) return { step: 'published', certificate };
    if ((await this.signer.statusForNextKey(registry)) !== 200) return { step: 'waiting', certificate };
    return { step: 'switched', activated: [await this.keys.switchToNext(purpose, algorithm, actor, now)] };
  }
}
