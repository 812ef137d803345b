/** A request for a manifest: a GET, or a HEAD, which is no pull but shows which tag the next GET by digest is for. */
export interface ManifestRequest {
  readonly head: boolean;
  readonly tag?: string;
  /** Empty if the registry did not report it. */
  readonly digest: string;
  /** IP address of the client without the port; empty if the registry did not report it. */
  readonly address: string;
  /** Set if the registry took the address from a header of the request, which is the client's unless a proxy sets it. */
  readonly forwarded?: true;
  readonly at?: Date;
}

/** The time that an event states, but at the latest the time of its arrival: the clock of a registry may be wrong. */
export function timeOf({ event, receivedAt }: { receivedAt: Date; event: { at?: Date } | object }): Date {
  const at = 'at' in event ? event.at : undefined;
  return at !== undefined && at < receivedAt ? at : receivedAt;
}
