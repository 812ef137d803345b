import type { Actor } from '@central-index/audit';
import { CONFIG, type Config } from '@central-index/platform/config';
import { fragmentFor, HookSecretsService, type Registry } from '@central-index/registries';
import { certificateFor, SigningKeysService } from '@central-index/tokens';
import { Inject, Injectable } from '@nestjs/common';

/** What is put into the configuration of a registry. It contains a secret. */
export interface RegistryConfiguration {
  /** The part of its configuration that refers to the index. */
  readonly fragment: string;
  /** The certificate that verifies tokens; undefined for a registry that verifies none. */
  readonly certificate: string | undefined;
  /** The path at which the fragment expects the certificate. */
  readonly certificatePath: string;
}

/** Makes the configurations of registries, as `registry add` and `registry fragment` do. */
@Injectable()
export class RegistryConfigurations {
  constructor(
    private readonly secrets: HookSecretsService,
    private readonly keys: SigningKeysService,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** The configuration with a secret that the registry has. */
  async of(registry: Registry, secret: string): Promise<RegistryConfiguration> {
    const certificatePath = `/etc/central-index/${registry.name}.ca.pem`;
    const fragment = fragmentFor(registry, {
      publicUrl: this.config.server.publicUrl,
      issuer: await this.keys.issuer(),
      secret,
      certificatePath,
    });
    return { fragment, certificate: await certificateFor(this.keys, registry), certificatePath };
  }

  /** The configuration with a new secret; the former one is valid until the first event with the new one. */
  async renew(registry: Registry, actor: Actor): Promise<RegistryConfiguration> {
    // A v1 registry sends no events.
    return this.of(registry, registry.kind === 'v1' ? '' : await this.secrets.renew(registry, actor));
  }
}
