import { timeOf, type ManifestRequest } from './manifest-request';
import type { RequestSpan } from './pull-counter.queries';

/** An event that reports a request for a manifest. */
export interface PendingPullEvent {
  readonly id: string;
  readonly receivedAt: Date;
  readonly event: ManifestRequest;
}

/** A pull event, and the repository that it is about. */
export interface RepositoryPullEvent extends PendingPullEvent {
  readonly repositoryId: string;
}

// No address starts like these.
const unknownAddressPrefix = 'event ';
const forwardedAddressPrefix = 'forwarded ';

/** The address of the event; if none was reported, a text of its own, so that it is attributed to no other request. */
export function addressOf({ id, event }: PendingPullEvent): string {
  return event.address || `${unknownAddressPrefix}${id}`;
}

/**
 * The event with an address by which its requests are attributed to one pull, but which is no place of its own for unique
 * pulls: a client that reaches the registry directly may have written it.
 */
export function asUntrusted<T extends PendingPullEvent>(pull: T): T {
  if (pull.event.forwarded !== true) return pull;
  return { ...pull, event: { ...pull.event, address: `${forwardedAddressPrefix}${pull.event.address}` } };
}

/** The address that `addressOf` was made of; empty if none was reported, or only one that is not trusted. */
export function trustedAddress(address: string): string {
  const isTrusted = !address.startsWith(unknownAddressPrefix) && !address.startsWith(forwardedAddressPrefix);
  return isTrusted ? address : '';
}

/** The spans of the events, by repository and address. */
export function spansOf(events: readonly RepositoryPullEvent[]): RequestSpan[] {
  const spans = new Map<string, RequestSpan>();
  for (const event of events) {
    const { repositoryId } = event;
    const address = addressOf(event);
    const at = timeOf(event);
    const key = `${repositoryId} ${address}`;
    const { from, to } = spans.get(key) ?? { from: at, to: at };
    spans.set(key, { repositoryId, address, from: at < from ? at : from, to: at > to ? at : to });
  }
  return [...spans.values()];
}
