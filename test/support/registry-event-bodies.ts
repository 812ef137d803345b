import { randomUUID } from 'node:crypto';

/** Whose events: Distribution 2.8 and 3.x differ in deletes and in what an absent field looks like. */
export type Generation = '2.8' | '3.x';

/** One event of a notification, as it goes over the wire. */
export interface RegistryEventBody {
  readonly id: string;
  readonly [field: string]: unknown;
}

/** An event about a manifest or tag, with the fields that the registry of that generation gives it. */
export function changeEvent(
  generation: Generation,
  what: {
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
  const size = what.body?.length;
  const empty = generation === '3.x' ? { mediaType: '', digest: '', size: 0 } : {};
  const known = {
    mediaType: what.mediaType,
    digest: what.digest,
    size,
    length: size,
    repository: what.path,
    url: what.action === 'delete' ? undefined : `${what.origin}/v2/${what.path}/manifests/${what.digest}`,
    tag: what.tag,
  };
  return {
    id: randomUUID(),
    timestamp: new Date().toISOString(),
    action: what.action,
    target: {
      ...empty,
      ...Object.fromEntries(Object.entries(known).filter(([, value]) => value !== undefined)),
    },
    request: {
      id: randomUUID(),
      addr: '192.0.2.7:40112',
      host: new URL(what.origin).host,
      method: what.method,
    },
    actor: what.actor === '' ? {} : { name: what.actor },
    source: { addr: 'registry:5000', instanceID: randomUUID() },
  };
}
