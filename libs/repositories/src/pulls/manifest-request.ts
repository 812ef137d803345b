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

/** When a report says that something happened, but never after it arrived: a registry's clock may be wrong. */
export function timeOf({ event, receivedAt }: { receivedAt: Date; event: { at?: Date } | object }): Date {
  const at = 'at' in event ? event.at : undefined;
  return at !== undefined && at < receivedAt ? at : receivedAt;
}
