import type { ObservedContents, ObservedTag } from '../contents/contents.service';
import type { Image } from '../contents/image-reader';
import { timeOf } from '@central-index/repositories';
import type { RegistryEvent } from '../events/registry-event';

/** A push or a deletion that a registry may report of a repository. */
export interface PendingEvent {
  readonly id: string;
  readonly receivedAt: Date;
  readonly event: Extract<RegistryEvent, { kind: 'push' } | { kind: 'delete' }>;
}

/** A manifest that the index holds, once for each of its tags; without one, the name is empty. */
export interface StoredTag {
  readonly name: string;
  readonly digest: string;
}

/** What the registry answered about tags and digests: an image, none, or why its answer cannot be read. */
export type FetchedImages = ReadonlyMap<string, Image | undefined | string>;

type Push = PendingEvent & { readonly event: Extract<RegistryEvent, { kind: 'push' }> };

/**
 * What must be asked to know what reports come to. A deleted digest takes its tags along, of which 2.8 and 3.x may or
 * may not tell, so those that the index holds are asked for too; of a deleted repository, everything.
 */
export function referencesToFetch(
  held: readonly StoredTag[],
  reports: readonly PendingEvent[],
): { readonly tags: readonly string[]; readonly digests: readonly string[] } {
  const changes = reports.map(({ event }) => event);
  const deletes = changes.filter(({ kind }) => kind === 'delete');
  const whole = deletes.some(({ tag, digest }) => tag === undefined && digest === undefined);
  const deleted = new Set(deletes.map(({ digest }) => digest));
  const concerned = held.filter(({ digest }) => whole || deleted.has(digest));
  return {
    tags: distinct([...changes.map(({ tag }) => tag), ...concerned.map(({ name }) => name)]),
    digests: distinct([...changes.map(({ digest }) => digest), ...concerned.map(({ digest }) => digest)]),
  };
}

/** Why a report can never be applied, or undefined when it can: the push of an image that cannot be read. */
export function rejectionReason({ event }: PendingEvent, answers: FetchedImages): string | undefined {
  if (event.kind !== 'push') return undefined;
  const answer = answers.get(event.tag ?? event.digest ?? '');
  return typeof answer === 'string' ? answer : undefined;
}

/**
 * What reports come to, given what the registry answers now. They may come doubled, late and out of order: only the
 * answers say what is there, the reports only who pushed it when. `pusherOf` names the account behind a push, if it
 * is believed.
 */
export function resolveEvents(
  held: readonly StoredTag[],
  reports: readonly PendingEvent[],
  answers: FetchedImages,
  pusherOf: (report: PendingEvent, at: Date) => string | null,
): ObservedContents {
  const { tags, digests } = referencesToFetch(held, reports);
  const image = (reference: string | undefined): Image | undefined => {
    const answer = answers.get(reference ?? '');
    return typeof answer === 'object' ? answer : undefined;
  };
  const isGone = (reference: string): boolean =>
    answers.has(reference) && answers.get(reference) === undefined;
  const isThere = (digest: string): boolean => image(digest) !== undefined;
  const deletes = reports.filter(({ event }) => event.kind === 'delete');
  const afterDeletes = referencesToFetch(held, deletes);
  const pushes = reports.filter((report): report is Push => report.event.kind === 'push');
  const pushed = pushes.filter(({ event }) => image(event.tag) ?? image(event.digest));

  const seenTag = (name: string, { digest }: Image): ObservedTag => {
    const author = newest(pushes.filter(({ event }) => event.tag === name && event.digest === digest));
    const hint =
      author ??
      newest(reports.filter(({ event }) => 'tag' in event && event.tag === name)) ??
      newest(reports);
    const pushedAt = hint === undefined ? new Date() : timeOf(hint);
    const pushedById = author === undefined ? null : pusherOf(author, pushedAt);
    return { name, digest, pushedAt, pushedById, reported: author !== undefined };
  };

  return {
    images: [...tags, ...digests].flatMap((reference) => image(reference) ?? []),
    tags: tags.flatMap((name) => {
      const found = image(name);
      return found === undefined ? [] : [seenTag(name, found)];
    }),
    // Only a deletion that was reported and that the registry confirms takes anything away.
    goneTags: afterDeletes.tags.filter(isGone),
    goneDigests: afterDeletes.digests.filter(isGone),
    pushes: pushed.flatMap((report) => {
      const { tag, digest } = report.event;
      // Only what is there can be said to have been pushed.
      if (tag === undefined || digest === undefined || !isThere(digest)) return [];
      const pushedAt = timeOf(report);
      return [{ name: tag, digest, pushedAt, pushedById: pusherOf(report, pushedAt), reported: true }];
    }),
    pushedAt: pushed.length === 0 ? null : timeOf(newest(pushed)!),
  };
}

/**
 * Pushes of a tag that the registry does not have as they say. Distribution reports a push before it writes the tag, so
 * that its answer may have been too early; or the tag was pushed again or deleted since, of which no report is at hand.
 */
export function prematurePushes(reports: readonly PendingEvent[], answers: FetchedImages): Push[] {
  const pushes = reports.filter((report): report is Push => report.event.kind === 'push');
  return pushes.filter((report) => {
    const { tag, digest } = report.event;
    const answer = answers.get(tag ?? '');
    if (tag === undefined || digest === undefined || typeof answer === 'string') return false;
    const isSame = (one: Push): boolean => one.event.tag === tag && one.event.digest === answer?.digest;
    return !pushes.some((one) => isSame(one) && timeOf(one) >= timeOf(report));
  });
}

const newest = <R extends PendingEvent>(reports: readonly R[]): R | undefined =>
  reports.reduce<R | undefined>(
    (latest, report) => (latest === undefined || timeOf(report) >= timeOf(latest) ? report : latest),
    undefined,
  );

const distinct = (texts: readonly (string | undefined)[]): string[] => [
  ...new Set(texts.filter((text): text is string => text !== undefined && text !== '')),
];
