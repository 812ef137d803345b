import type { Actor } from '@central-index/audit';
import { CONFIG, type Config } from '@central-index/platform/config';
import {
  fragmentFor,
  fullConfigurationFor,
  HookSecretsService,
  type Registry,
} from '@central-index/registries';
import { Inject, Injectable } from '@nestjs/common';
import { SigningKeysService } from './signing-keys.service';

/** What a registry's configuration is written for. */
export interface ConfigurationOptions {
  /** Absolute path, at the registry, of the certificate that verifies tokens. */
  readonly certificatePath?: string;
  /** True for a whole configuration, to start a registry with; otherwise the fragment alone. */
  readonly isWhole?: boolean;
}

/** What is put into the configuration of a registry. It contains a secret. */
export interface RegistryConfiguration {
  /** The part of its configuration that refers to the index, or all of it. */
  readonly fragment: string;
  /** The certificate in PEM that verifies tokens; undefined for a registry that verifies none. */
  readonly certificate: string | undefined;
  /** The path at which the fragment expects the certificate. */
  readonly certificatePath: string;
}

/** Makes the configurations with which registries trust this index and report to it. */
@Injectable()
export class RegistryConfigurations {
  constructor(
    private readonly keys: SigningKeysService,
    private readonly secrets: HookSecretsService,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** The certificate that verifies the tokens of a registry; undefined for one that verifies none. */
  async certificateOf(registry: Registry): Promise<string | undefined> {
    await this.keys.prepare();
    if (registry.kind === 'v1') return undefined;
    if (registry.kind !== 'zot') return this.keys.authorityPem();
    return this.keys.certificatePem(`zot:${registry.id}`, registry.tokenAlgorithm);
  }

  /** The configuration with a secret that the registry has. */
  async of(
    registry: Registry,
    secret: string,
    { certificatePath = `/etc/central-index/${registry.name}.ca.pem`, isWhole }: ConfigurationOptions = {},
  ): Promise<RegistryConfiguration> {
    const certificate = await this.certificateOf(registry);
    const render = isWhole === true ? fullConfigurationFor : fragmentFor;
    const fragment = render(registry, {
      publicUrl: this.config.server.publicUrl,
      issuer: await this.keys.issuer(),
      secret,
      certificatePath,
    });
    return { fragment, certificate, certificatePath };
  }

  /**
   * The same with a new secret. The former one is accepted until the first event with the new one, for 24 hours at most.
   * Throws NOT_FOUND.
   */
  async renew(
    registry: Registry,
    actor: Actor,
    options?: ConfigurationOptions,
  ): Promise<RegistryConfiguration> {
    // A v1 registry sends no events.
    const secret = registry.kind === 'v1' ? '' : await this.secrets.renew(registry, actor);
    return this.of(registry, secret, options);
  }
}
