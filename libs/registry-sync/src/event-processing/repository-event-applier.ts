import { Injectable } from '@nestjs/common';
import { Database } from '@central-index/platform/database';
import type { DomainError } from '@central-index/platform/errors';
import { Jobs } from '@central-index/platform/jobs';
import { NotificationsService, type Registry } from '@central-index/registries';
import type { EntityManager } from 'typeorm';
import { ContentsService } from '../contents/contents.service';
import { tagRecheckRequested } from '../registry-sync.facts';
import {
  prematurePushes,
  referencesToFetch,
  rejectionReason,
  resolveEvents,
  type FetchedImages,
  type PendingEvent,
} from './event-resolution';
import { ReferenceFetcher, type Responses } from './reference-fetcher';
import { selectEventSnapshot, type EventSnapshot } from './repository-event-applier.queries';
import { TrustedPushers } from './trusted-pushers';

/** How events are applied. */
export interface ApplyOptions {
  /** How many times the events were applied before, possibly too early; 0 by default. */
  readonly recheck?: number;
  /** True if the caller applies again within the second what the registry does not serve as reported yet. */
  readonly mayWait?: boolean;
}

/** What of the events is still pending. */
export interface ApplyOutcome {
  /** How many events wait until the registry serves what they report. */
  readonly waiting: number;
  /** The registry's error for the other ones; undefined if there are none. */
  readonly failure: DomainError | undefined;
}

/** Events of one repository to be applied. */
interface ApplyTask extends Required<ApplyOptions> {
  readonly registry: Registry;
  readonly repositoryId: string;
  readonly events: readonly PendingEvent[];
}

// When a tag is fetched again that was not served as reported: a registry writes it a few milliseconds after the event,
// on remote storage within a second.
const recheckDelaysSeconds = [1, 5, 30];
// An older event was not fetched too early, and an error for it is not one of the moment.
const maxRecheckAgeMs = 10 * 60 * 1000;
// A repository that changes at every attempt is then handled with its row locked.
const maxAttempts = 3;

/** Applies the events of one repository: reads from its registry what exists, and writes that in one transaction. */
@Injectable()
export class RepositoryEventApplier {
  constructor(
    private readonly database: Database,
    private readonly notifications: NotificationsService,
    private readonly fetcher: ReferenceFetcher,
    private readonly contents: ContentsService,
    private readonly pushers: TrustedPushers,
    private readonly jobs: Jobs,
  ) {}

  /**
   * Applies events that all concern this repository. No lock is held during requests to the registry: if the row changed
   * meanwhile, the responses may be older than what was written, and are requested again. If it changes at every attempt,
   * the events are applied one by one with the row locked. Events for whose tags the registry responds with an error stay
   * pending and delay no others. Throws REGISTRY_UNREACHABLE and REGISTRY_UNAUTHORIZED.
   */
  async apply(
    registry: Registry,
    repositoryId: string,
    events: readonly PendingEvent[],
    { recheck = 0, mayWait = false }: ApplyOptions = {},
  ): Promise<ApplyOutcome> {
    const task = { registry, repositoryId, events, recheck, mayWait };
    for (let attempt = 0; attempt < maxAttempts; attempt += 1) {
      const snapshot = await this.snapshot(task);
      const { ready, images, ...outcome } = await this.resolve(task, snapshot);
      const isDone = await this.database.transaction((manager) =>
        this.settle(manager, { ...task, events: ready }, snapshot, images),
      );
      if (isDone) return outcome;
    }
    let waiting = 0;
    let failure: DomainError | undefined;
    for (const event of events) {
      const outcome = await this.applyLocked({ ...task, events: [event] });
      waiting += outcome.waiting;
      failure ??= outcome.failure;
    }
    return { waiting, failure };
  }

  private applyLocked(task: ApplyTask): Promise<ApplyOutcome> {
    return this.database.transaction(async (manager) => {
      await this.contents.lock(manager, task.repositoryId, task.registry.id);
      const snapshot = await this.snapshot(task, manager);
      const { ready, images, ...outcome } = await this.resolve(task, snapshot);
      await this.settle(manager, { ...task, events: ready }, snapshot, images);
      return outcome;
    });
  }

  // Undefined when the repository is no longer placed on the registry.
  private snapshot(
    { registry, repositoryId, events }: ApplyTask,
    manager?: EntityManager,
  ): Promise<EventSnapshot | undefined> {
    const hasDeletion = events.some(({ event }) => event.kind === 'delete');
    return this.database.queryOne(selectEventSnapshot, [repositoryId, registry.id, hasDeletion], manager);
  }

  // Reads what the events refer to, and separates those that can be applied from those that stay pending.
  private async resolve(
    { registry, events, mayWait }: ApplyTask,
    snapshot: EventSnapshot | undefined,
  ): Promise<ApplyOutcome & { ready: readonly PendingEvent[]; images: FetchedImages }> {
    if (snapshot === undefined) return { ready: events, images: new Map(), waiting: 0, failure: undefined };
    const { path, storedTags } = snapshot;
    const responses = await this.fetcher.fetch(registry, path, referencesToFetch(storedTags, events));
    const { images, failures } = responses;
    const failed = failures.size === 0 ? [] : await this.failedEvents(registry, snapshot, events, responses);
    const premature = mayWait ? prematurePushes(events, images).filter(isRecent) : [];
    const pending = new Set<PendingEvent>([...failed, ...premature]);
    const waiting = mayWait ? [...pending].filter(isRecent).length : 0;
    const failure = pending.size > waiting ? [...failures.values()][0] : undefined;
    return { ready: events.filter((event) => !pending.has(event)), images, waiting, failure };
  }

  // Events for whose tags or digests the registry responds with an error. One that persists although the registry lists
  // the repository's tags is a property of the image: its events are parked, and reconcile reads it when it is repaired.
  private async failedEvents(
    registry: Registry,
    { path, storedTags }: EventSnapshot,
    events: readonly PendingEvent[],
    { images, failures }: Responses,
  ): Promise<PendingEvent[]> {
    const failed = events
      .map((event) => {
        const { tags, digests } = referencesToFetch(storedTags, [event]);
        return { event, references: [...tags, ...digests].filter((reference) => failures.has(reference)) };
      })
      .filter(({ references }) => references.length > 0);
    if (!failed.every(({ event }) => !isRecent(event)) || !(await this.fetcher.listsTags(registry, path))) {
      return failed.map(({ event }) => event);
    }
    for (const reference of failures.keys()) {
      images.set(reference, `the registry responds with an error for ${reference}`);
    }
    failures.clear();
    return [];
  }

  // Returns false when the repository changed after the snapshot.
  private async settle(
    manager: EntityManager,
    { registry, repositoryId, events, recheck }: ApplyTask,
    snapshot: EventSnapshot | undefined,
    fetched: FetchedImages,
  ): Promise<boolean> {
    const version = await this.contents.lock(manager, repositoryId, registry.id);
    if (snapshot === undefined || version === undefined) {
      const reason = 'the repository is no longer placed on this registry';
      await this.notifications.setState(manager, idsOf(events), 'parked', reason);
      return true;
    }
    if (version !== snapshot.version) return false;
    const readable: PendingEvent[] = [];
    for (const event of events) {
      const reason = rejectionReason(event, fetched);
      if (reason === undefined) readable.push(event);
      else await this.notifications.setState(manager, [event.id], 'parked', reason);
    }
    const applied = await this.notifications.setState(manager, idsOf(readable), 'applied');
    const effective = readable.filter(({ id }) => recheck > 0 || applied.has(id));
    if (effective.length > 0) {
      const pusherOf = await this.pushers.find(manager, registry, repositoryId, effective);
      const observed = resolveEvents(snapshot.storedTags, effective, fetched, pusherOf);
      await this.contents.write(manager, repositoryId, observed);
      await this.scheduleRecheck(manager, prematurePushes(effective, fetched), recheck);
    }
    return true;
  }

  private async scheduleRecheck(
    manager: EntityManager,
    events: readonly PendingEvent[],
    recheck: number,
  ): Promise<void> {
    const delay = recheckDelaysSeconds[recheck];
    const recent = events.filter(isRecent);
    if (delay === undefined || recent.length === 0) return;
    const facts = recent.map(({ id }) => tagRecheckRequested({ eventId: id, attempt: recheck + 1 }));
    await this.jobs.emitDelayed(manager, facts, delay);
  }
}

const isRecent = ({ receivedAt }: PendingEvent): boolean =>
  Date.now() - receivedAt.getTime() < maxRecheckAgeMs;

const idsOf = (events: readonly PendingEvent[]): string[] => events.map(({ id }) => id);
