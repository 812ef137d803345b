import { randomUUID } from 'node:crypto';

/**
 * The registry whose events to imitate: versions of Distribution differ in deletes and in how a field is absent, zot sends
 * CloudEvents.
 */
export type Generation = '2.8' | '3.x' | 'zot';

/** One event of a notification, as it is sent. */
export interface RegistryEventBody {
  readonly id: string;
  readonly [field: string]: unknown;
}

/** An event about a manifest or tag, with the fields that a version of Distribution sets. */
export function changeEvent(
  generation: Exclude<Generation, 'zot'>,
  change: {
    action: string;
    path: string;
    method: string;
    actor: string;
    origin: string;
    digest?: string;
    mediaType?: string;
    body?: Buffer;
    tag?: string;
  },
): RegistryEventBody {
  const size = change.body?.length;
  const empty = generation === '3.x' ? { mediaType: '', digest: '', size: 0 } : {};
  const fields = {
    mediaType: change.mediaType,
    digest: change.digest,
    size,
    length: size,
    repository: change.path,
    url:
      change.action === 'delete'
        ? undefined
        : `${change.origin}/v2/${change.path}/manifests/${change.digest}`,
    tag: change.tag,
  };
  return {
    id: randomUUID(),
    timestamp: new Date().toISOString(),
    action: change.action,
    target: {
      ...empty,
      ...Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)),
    },
    request: {
      id: randomUUID(),
      addr: '192.0.2.7:40112',
      host: new URL(change.origin).host,
      method: change.method,
    },
    actor: change.actor === '' ? {} : { name: change.actor },
    source: { addr: 'registry:5000', instanceID: randomUUID() },
  };
}

/**
 * An event of zot (CloudEvents 1.0). With bearer tokens it states the client's address and User-Agent, but no account.
 */
export function zotEvent(
  type: string,
  data: Readonly<Record<string, unknown>>,
  { method, userAgent }: { readonly method: string; readonly userAgent: string },
): RegistryEventBody {
  return {
    specversion: '1.0',
    id: randomUUID(),
    source: 'zotregistry.dev',
    type: `zotregistry.${type}`,
    datacontenttype: 'application/json',
    time: new Date().toISOString(),
    data: { ...data, request: { addr: '192.0.2.7:40112', method, useragent: userAgent } },
  };
}
