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
 * object `{http:{auth, compat}, storage:{dedupe}, extensions:{events}}`, to be merged into one, key by key. v1: the two
 * settings `standalone` and `index_endpoint`.
 */
export function fragmentFor(registry: Registry, options: FragmentOptions): string {
  switch (registry.kind) {
    case 'distribution2':
    case 'distribution3':
      return yaml(distribution(registry, options));
    case 'zot':
      return json(zot(registry, options));
    case 'v1':
      return yaml({ standalone: false, index_endpoint: registry.hookUrl ?? options.publicUrl });
  }
}

/**
 * A whole configuration with which a registry can be started: the fragment, the port of its URL, and the usual folder for
 * its data. v1: the fragment alone, because its other settings are not known here.
 */
export function fullConfigurationFor(registry: Registry, options: FragmentOptions): string {
  const port = new URL(registry.url).port || '5000';
  switch (registry.kind) {
    case 'distribution2':
    case 'distribution3':
      return yaml({
        version: 0.1,
        log: { level: 'info' },
        storage: { filesystem: { rootdirectory: '/var/lib/registry' }, delete: { enabled: true } },
        http: { addr: `:${port}` },
        ...distribution(registry, options),
      });
    case 'zot': {
      const { http, storage, extensions } = zot(registry, options);
      return json({
        distSpecVersion: '1.1.1',
        storage: { rootDirectory: '/var/lib/zot', ...storage },
        http: { address: '0.0.0.0', port, ...http },
        log: { level: 'info' },
        extensions,
      });
    }
    case 'v1':
      return fragmentFor(registry, options);
  }
}

const yaml = (value: object): string => stringify(value, { lineWidth: 0 });
const json = (value: object): string => `${JSON.stringify(value, null, 2)}\n`;

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

function zot(
  registry: Registry,
  options: FragmentOptions,
): Readonly<Record<'http' | 'storage' | 'extensions', object>> {
  return {
    http: {
      auth: {
        bearer: {
          realm: `${options.publicUrl}/token`,
          service: registry.service,
          cert: options.certificatePath,
        },
      },
      // Without it, zot refuses the manifests that docker pushes.
      compat: ['docker2s2'],
    },
    // With zot's default, a blob of any repository, private ones included, is given to any client that knows its digest.
    storage: { dedupe: false },
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
