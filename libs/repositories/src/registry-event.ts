/** Somebody asked for a manifest: by GET, or by HEAD, which is no pull but tells of which tag the next GET is one. */
export interface ManifestRequest {
  readonly head: boolean;
  readonly tag?: string;
  /** Empty when it was not told. */
  readonly digest: string;
  /** Where the request came from, without the port; empty when it was not told. */
  readonly address: string;
  readonly at?: Date;
}

/**
 * What one reported event hints at. `path` is the spelling at the registry. A `delete` with neither tag nor digest is
 * of the whole repository. `nothing` concerns no index: blobs, mounts, HEAD by digest, the index's own reads.
 */
export type RegistryEvent =
  | {
      readonly kind: 'push';
      readonly path: string;
      /** The index did it, as it copies what is moved. */
      readonly own?: true;
      readonly tag?: string;
      readonly digest?: string;
      readonly actor?: string;
      readonly at?: Date;
    }
  | {
      readonly kind: 'delete';
      readonly path: string;
      readonly own?: true;
      readonly tag?: string;
      readonly digest?: string;
    }
  | ({ readonly kind: 'pull'; readonly path: string } & ManifestRequest)
  | { readonly kind: 'nothing' }
  | { readonly kind: 'unreadable'; readonly reason: string };

/** When a report says that something happened, but never after it arrived: a registry's clock may be wrong. */
export function timeOf({ event, receivedAt }: { receivedAt: Date; event: { at?: Date } | object }): Date {
  const at = 'at' in event ? event.at : undefined;
  return at !== undefined && at < receivedAt ? at : receivedAt;
}
