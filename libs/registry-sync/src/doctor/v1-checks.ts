import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '@central-index/platform/config';
import { RegistryTokenSource, V1RegistryClient, type Registry } from '@central-index/registries';
import { fail, pass, type RegistryCheck } from './check-result';
import { checkTransport } from './registry-checks';

// No account can have this name, so no push is ever placed here.
const absentPath = 'central-index/doctor';

/** Checks of a v1 registry: it must ask this index about every token, over a connection that it trusts. */
@Injectable()
export class V1Checks {
  private readonly client: V1RegistryClient;

  constructor(
    tokens: RegistryTokenSource,
    @Inject(CONFIG) private readonly config: Config,
  ) {
    this.client = new V1RegistryClient(tokens);
  }

  /** All checks that need no image. Changes nothing. Throws REGISTRY_UNREACHABLE. */
  async check(registry: Registry): Promise<RegistryCheck[]> {
    const { ping, isStandalone, own, foreign, anonymous } = await this.client.probe(registry, absentPath);
    return [
      pass('reachable', `responds at ${registry.url}`),
      checkTransport(registry),
      this.checkScheme(registry),
      checkPing(ping, isStandalone),
      checkAnonymous(anonymous),
      this.checkToken(registry, own),
      checkForeignToken(foreign),
    ];
  }

  // Docker builds the address of a registry from X-Docker-Endpoints and the scheme of the index.
  private checkScheme({ url }: Registry): RegistryCheck {
    const { publicUrl } = this.config.server;
    const scheme = new URL(publicUrl).protocol;
    if (new URL(url).protocol === scheme) return pass('scheme', `${scheme.slice(0, -1)}, as the index`);
    return fail(
      'scheme',
      `clients reach it by ${scheme.slice(0, -1)}, because ${publicUrl} does, and it is registered as ${url}`,
      'give registry and index the same scheme',
    );
  }

  private checkToken(registry: Registry, status: number): RegistryCheck {
    if (status === 200 || status === 404) return pass('token', 'it asks the index about tokens');
    const endpoint = registry.hookUrl ?? this.config.server.publicUrl;
    return fail(
      'token',
      `it responds ${status} to the index's own token`,
      `index_endpoint must be ${endpoint}, reachable from the registry, with a certificate that its system trusts`,
    );
  }
}

function checkPing(status: number, isStandalone: boolean): RegistryCheck {
  if (status !== 200) {
    return fail('ping', `it responds ${status} to /v1/_ping`, 'is this a registry of the v1 protocol?');
  }
  if (!isStandalone) return pass('ping', 'it is no stand-alone registry');
  return fail(
    'ping',
    'it runs stand-alone and asks no index',
    'standalone must be false in its configuration',
  );
}

function checkAnonymous(status: number): RegistryCheck {
  if (status === 401 || status === 403) return pass('anonymous', 'requests without a token are refused');
  return fail(
    'anonymous',
    `it responds ${status} to a request without a token: every client may read`,
    'standalone must be false, and disable_token_auth absent',
  );
}

function checkForeignToken(status: number): RegistryCheck {
  const name = 'foreign-token';
  if (status === 401 || status === 403) return pass(name, 'a token for another repository is rejected');
  return fail(
    name,
    `it responds ${status} to a token for another repository`,
    'it must compare the repository of the token with that of the request',
  );
}
