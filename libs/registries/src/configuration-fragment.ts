import { stringify } from 'yaml';
import type { Registry } from './registry';

/** What the fragment contains in addition to the registry's own values. */
export interface FragmentOptions {
  /** Origin of the index, as clients and registries see it. */
  readonly publicUrl: string;
  /** `iss` of the index's tokens. */
  readonly issuer: string;
  /** Authenticates the registry's notifications. */
  readonly secret: string;
  /** Absolute path, at the registry, of the certificate that verifies tokens. */
  readonly certificatePath: string;
}

/**
 * The part of a registry's configuration that refers to the index. Distribution 2.8 and 3.x: a YAML document with only
 * the keys `auth` and `notifications`, without a `---` line, so that it can be appended to a configuration. zot: a JSON
 * object `{http:{auth}, extensions:{events}}`. v1: the two settings `standalone` and `index_endpoint`.
 */
export function fragmentFor(registry: Registry, options: FragmentOptions): string {
  switch (registry.kind) {
    case 'distribution2':
    case 'distribution3':
      return stringify(distribution(registry, options), { lineWidth: 0 });
    case 'zot':
      return `${JSON.stringify(zot(registry, options), null, 2)}\n`;
    case 'v1':
      return stringify({ standalone: false, index_endpoint: options.publicUrl });
  }
}

function distribution(registry: Registry, options: FragmentOptions): object {
  return {
    auth: {
      token: {
        realm: `${options.publicUrl}/token`,
        service: registry.service,
        issuer: options.issuer,
        rootcertbundle: options.certificatePath,
      },
    },
    notifications: {
      endpoints: [
        {
          name: 'central-index',
          url: hookUrlOf(registry, options),
          headers: { Authorization: [`Bearer ${options.secret}`] },
          // The index responds within 100 ms. A registry repeats a notification that timed out forever, and before any
          // later one, so the timeout is generous and the pause after failures short.
          timeout: '3s',
          threshold: 5,
          backoff: '2s',
          // Blob events have this type in both generations; the index does not need them.
          ignore: { mediatypes: ['application/octet-stream'] },
        },
      ],
    },
  };
}

function zot(registry: Registry, options: FragmentOptions): object {
  return {
    http: {
      auth: {
        bearer: {
          realm: `${options.publicUrl}/token`,
          service: registry.service,
          cert: options.certificatePath,
        },
      },
    },
    extensions: {
      events: {
        enable: true,
        sinks: [
          {
            type: 'http',
            address: hookUrlOf(registry, options),
            timeout: '3s',
            credentials: { username: registry.name, password: options.secret },
          },
        ],
      },
    },
  };
}

const hookUrlOf = (registry: Registry, options: FragmentOptions): string =>
  `${registry.hookUrl ?? options.publicUrl}/hooks/registry/${registry.name}`;
