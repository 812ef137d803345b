import { timeOf } from '@central-index/repositories';
import type { Image } from '../contents/image-reader';
import type { ObservedContents, ObservedTag } from '../contents/observed-contents';
import type { RegistryEvent } from '../events/registry-event';

/** A push or deletion that a registry reported of a repository, and that is not applied yet. */
export interface PendingEvent {
  readonly id: string;
  readonly receivedAt: Date;
  readonly event: Extract<RegistryEvent, { kind: 'push' } | { kind: 'delete' }>;
}

/** A stored manifest, once per tag that points to it; the name of a manifest without tags is empty. */
export interface StoredTag {
  readonly name: string;
  readonly digest: string;
  /** Digests of the entries of an index. */
  readonly children: readonly string[];
}

/** The registry's responses by tag and digest: the image, undefined for 404, or the reason why it cannot be read. */
export type FetchedImages = ReadonlyMap<string, Image | undefined | string>;

/** The id of the account that pushed; null when it is unknown or not trusted. */
export type PusherLookup = (event: PendingEvent, at: Date) => string | null;

type PendingPush = PendingEvent & { readonly event: Extract<RegistryEvent, { kind: 'push' }> };

/** Tags and digests to be fetched from the registry. */
export interface References {
  readonly tags: readonly string[];
  readonly digests: readonly string[];
}

/**
 * What must be fetched to resolve events. The deletion of a digest also deletes its tags, for which 2.8 and 3.x may or may
 * not send events, so the stored tags of that digest are fetched too, and the indexes that list it, whose sizes change;
 * for a deleted repository, everything is.
 */
export function referencesToFetch(stored: readonly StoredTag[], events: readonly PendingEvent[]): References {
  const changes = events.map(({ event }) => event);
  const deletions = changes.filter(({ kind }) => kind === 'delete');
  const isRepositoryDeleted = deletions.some(({ tag, digest }) => tag === undefined && digest === undefined);
  const deletedDigests = new Set(deletions.map(({ digest }) => digest));
  const affected = stored.filter(({ digest }) => isRepositoryDeleted || deletedDigests.has(digest));
  const parents = parentsOf(stored, deletedDigests);
  return {
    tags: distinct([...changes.map(({ tag }) => tag), ...affected.map(({ name }) => name)]),
    digests: distinct([
      ...changes.map(({ digest }) => digest),
      ...[...affected, ...parents].map(({ digest }) => digest),
    ]),
  };
}

// The indexes that list one of the digests, those that list such an index, and so on.
function parentsOf(stored: readonly StoredTag[], digests: ReadonlySet<string | undefined>): StoredTag[] {
  const changed = new Set(digests);
  for (let size = -1; size !== changed.size;) {
    size = changed.size;
    for (const { digest, children } of stored) {
      if (children.some((child) => changed.has(child))) changed.add(digest);
    }
  }
  return stored.filter(({ digest }) => changed.has(digest) && !digests.has(digest));
}

/** Why an event can never be applied: the push of an image that cannot be read. Undefined when it can. */
export function rejectionReason({ event }: PendingEvent, fetched: FetchedImages): string | undefined {
  if (event.kind !== 'push') return undefined;
  const image = fetched.get(event.tag ?? event.digest ?? '');
  return typeof image === 'string' ? image : undefined;
}

/**
 * The contents that result from events and from what the registry serves now. Events may arrive repeatedly, late and out
 * of order: only the fetched images decide what exists, and the events only who pushed it and when.
 */
export function resolveEvents(
  stored: readonly StoredTag[],
  events: readonly PendingEvent[],
  fetched: FetchedImages,
  pusherOf: PusherLookup,
): ObservedContents {
  const { tags, digests } = referencesToFetch(stored, events);
  const image = (reference: string | undefined): Image | undefined => {
    const found = fetched.get(reference ?? '');
    return typeof found === 'object' ? found : undefined;
  };
  const isGone = (reference: string): boolean =>
    fetched.has(reference) && fetched.get(reference) === undefined;
  const deletions = referencesToFetch(
    stored,
    events.filter(({ event }) => event.kind === 'delete'),
  );
  const pushes = events.filter(isPush).filter(({ event }) => image(event.tag) ?? image(event.digest));
  const newestEvents = newestByTag(events);
  return {
    images: [...tags, ...digests].flatMap((reference) => image(reference) ?? []),
    tags: tags.flatMap((name) => {
      const found = image(name);
      return found === undefined ? [] : [observeTag(name, found.digest, newestEvents, pusherOf)];
    }),
    // Only a deletion that was reported, and that the registry confirms, deletes anything.
    goneTags: deletions.tags.filter(isGone),
    goneDigests: deletions.digests.filter(isGone),
    pushes: pushes.flatMap((push) => {
      const { tag, digest } = push.event;
      // An image that does not exist is not recorded as pushed.
      if (tag === undefined || digest === undefined || image(digest) === undefined) return [];
      const pushedAt = timeOf(push);
      return [{ name: tag, digest, pushedAt, pushedById: pusherOf(push, pushedAt), reported: true }];
    }),
    pushedAt: pushes.length === 0 ? null : timeOf(newest(pushes)!),
  };
}

/** The newest events of those that are resolved together. */
interface NewestEvents {
  readonly ofAll: PendingEvent | undefined;
  readonly byTag: ReadonlyMap<string, PendingEvent>;
  /** Pushes, by tag and digest. */
  readonly pushes: ReadonlyMap<string, PendingPush>;
}

// Collected once: a registry may report thousands of tags of one repository together.
function newestByTag(events: readonly PendingEvent[]): NewestEvents {
  const byTag = new Map<string, PendingEvent>();
  const pushes = new Map<string, PendingPush>();
  for (const pending of events) {
    const { event } = pending;
    const tag = 'tag' in event ? event.tag : undefined;
    if (tag === undefined) continue;
    byTag.set(tag, newer(byTag.get(tag), pending));
    if (!isPush(pending)) continue;
    const key = pushKey(tag, pending.event.digest);
    pushes.set(key, newer(pushes.get(key), pending));
  }
  return { ofAll: newest(events), byTag, pushes };
}

// No tag has a space.
const pushKey = (tag: string, digest: string | undefined): string => `${tag} ${digest ?? ''}`;

// The time is that of the push of this digest, or else of the newest event for the tag, or else of the newest event.
function observeTag(
  name: string,
  digest: string,
  { ofAll, byTag, pushes }: NewestEvents,
  pusherOf: PusherLookup,
): ObservedTag {
  const push = pushes.get(pushKey(name, digest));
  const hint = push ?? byTag.get(name) ?? ofAll;
  const pushedAt = hint === undefined ? new Date() : timeOf(hint);
  const pushedById = push === undefined ? null : pusherOf(push, pushedAt);
  return { name, digest, pushedAt, pushedById, reported: push !== undefined };
}

/**
 * Pushes of a tag that the registry does not serve as reported. Distribution sends the event before it writes the tag, so
 * it may have been fetched too early; or the tag was pushed or deleted since, by an event that has not arrived.
 */
export function prematurePushes(events: readonly PendingEvent[], fetched: FetchedImages): PendingPush[] {
  const { pushes } = newestByTag(events);
  return events.filter(isPush).filter((push) => {
    const { tag, digest } = push.event;
    const image = fetched.get(tag ?? '');
    if (tag === undefined || digest === undefined || typeof image === 'string') return false;
    const served = pushes.get(pushKey(tag, image?.digest));
    return served === undefined || timeOf(served) < timeOf(push);
  });
}

const isPush = (event: PendingEvent): event is PendingPush => event.event.kind === 'push';

const newest = <E extends PendingEvent>(events: readonly E[]): E | undefined =>
  events.reduce<E | undefined>((latest, event) => newer(latest, event), undefined);

const newer = <E extends PendingEvent>(latest: E | undefined, event: E): E =>
  latest === undefined || timeOf(event) >= timeOf(latest) ? event : latest;

const distinct = (texts: readonly (string | undefined)[]): string[] => [
  ...new Set(texts.filter((text): text is string => text !== undefined && text !== '')),
];
