import { randomUUID } from 'node:crypto';

/** The version of Distribution whose events to imitate: they differ in deletes and in how a field is absent. */
export type Generation = '2.8' | '3.x';

/** One event of a notification, as it is sent. */
export interface RegistryEventBody {
  readonly id: string;
  readonly [field: string]: unknown;
}

/** An event about a manifest or tag, with the fields that a registry of that generation sets. */
export function changeEvent(
  generation: Generation,
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
