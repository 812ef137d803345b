import { stringify } from 'yaml';
import type { Registry } from './registry';

/** What a registry must be told beside its own entry. */
export interface FragmentOptions {
  /** Origin of the index, as clients and registries see it. */
  readonly publicUrl: string;
  /** `iss` of the index's tokens. */
  readonly issuer: string;
  /** With which the registry reports. */
  readonly secret: string;
  /** Absolute path of the certificate that tokens are verified with. */
  readonly certificatePath: string;
}

/**
 * The part of a registry's configuration that concerns the index. Distribution 2.8 and 3.x: a YAML document with only
 * the keys `auth` and `notifications`, without a `---` line, to be appended to a configuration. zot: a JSON object
 * `{http:{auth}, extensions:{events}}`. v1: the two settings `standalone` and `index_endpoint`.
 */
export function fragmentFor(registry: Registry, facts: FragmentOptions): string {
  switch (registry.kind) {
    case 'distribution2':
    case 'distribution3':
      return stringify(distribution(registry, facts), { lineWidth: 0 });
    case 'zot':
      return `${JSON.stringify(zot(registry, facts), null, 2)}\n`;
    case 'v1':
      return stringify({ standalone: false, index_endpoint: facts.publicUrl });
  }
}

function distribution(registry: Registry, facts: FragmentOptions): object {
  return {
    auth: {
      token: {
        realm: `${facts.publicUrl}/token`,
        service: registry.service,
        issuer: facts.issuer,
        rootcertbundle: facts.certificatePath,
      },
    },
    notifications: {
      endpoints: [
        {
          name: 'central-index',
          url: hookOf(registry, facts),
          headers: { Authorization: [`Bearer ${facts.secret}`] },
          // The index answers within 100 ms. A registry repeats what was not answered in time, for ever and before
          // anything later, so the time-out is generous and the pause after failures short.
          timeout: '3s',
          threshold: 5,
          backoff: '2s',
          // Blobs are no business of the index; registries of both generations report them with this type.
          ignore: { mediatypes: ['application/octet-stream'] },
        },
      ],
    },
  };
}

function zot(registry: Registry, facts: FragmentOptions): object {
  return {
    http: {
      auth: {
        bearer: {
          realm: `${facts.publicUrl}/token`,
          service: registry.service,
          cert: facts.certificatePath,
        },
      },
    },
    extensions: {
      events: {
        enable: true,
        sinks: [
          {
            type: 'http',
            address: hookOf(registry, facts),
            timeout: '3s',
            credentials: { username: registry.name, password: facts.secret },
          },
        ],
      },
    },
  };
}

const hookOf = (registry: Registry, facts: FragmentOptions): string =>
  `${registry.hookUrl ?? facts.publicUrl}/hooks/registry/${registry.name}`;
